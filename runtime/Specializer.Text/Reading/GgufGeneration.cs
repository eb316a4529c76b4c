using System.Text.Json.Nodes;

namespace Specializer.Text.Reading;

/// <summary>Reads the tokens that end a text from a GGUF file, which has no other generation settings.</summary>
internal static class GgufGeneration
{
    /// <summary>The ends of a text, of a turn and of a message, as in llama.cpp.</summary>
    private static readonly string[] s_ends = ["eos_token_id", "eot_token_id", "eom_token_id"];

    /// <exception cref="GenerationSettingsException">The file cannot be read, or an id is no token.</exception>
    public static GenerationSettings Read(string path)
    {
        try
        {
            using GgufFile file = GgufTokenizerReader.Open(path);
            var settings = new JsonObject();
            if (GgufTokens.Has(file))
            {
                var tokens = new GgufTokens(file);
                var ends = new JsonArray();
                foreach (string key in s_ends)
                {
                    if (tokens.Id(key, -1) is >= 0 and int id)
                    {
                        ends.Add((JsonNode)id);
                    }
                }

                if (ends.Count > 0)
                {
                    settings["eos_token_id"] = ends;
                }
            }

            return GenerationReader.Read(System.Text.Encoding.UTF8.GetBytes(settings.ToJsonString()), path);
        }
        catch (TokenizerException exception)
        {
            throw new GenerationSettingsException(exception.Place ?? path, exception.Message, exception);
        }
    }
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;

namespace Specializer.Tool;

/// <summary>
/// Writes the Python program of <c>specializer verify DIR --script</c>. It computes inputs, hidden states and results of a model
/// with transformers, and saves them in the file that <c>--against</c> reads.
/// </summary>
internal static class ReferenceScript
{
    /// <summary>The name of the file that the program writes.</summary>
    public const string FileName = "reference.safetensors";

    /// <summary>The outputs that are saved under their names in transformers.</summary>
    private const string Results = "\"logits\", \"start_logits\", \"end_logits\", \"last_hidden_state\", \"pooler_output\"";

    /// <param name="folder">The folder of the model, as the program opens it.</param>
    /// <param name="plan">The plan of the model.</param>
    /// <param name="configuration">The text of its config.json.</param>
    /// <param name="length">The positions of the input.</param>
    /// <param name="seed">The seed of its random numbers.</param>
    public static string Of(string folder, ExecutionPlan plan, string configuration, int length, int seed)
    {
        string path = Quoted(folder);
        var text = new StringBuilder();
        void Line(string line = "") => text.Append(line).Append('\n');
        Line(
            $"\"\"\"Results of transformers for the model in {folder.Replace("\"\"\"", "", StringComparison.Ordinal).Replace('\\', '/')}: inputs, hidden states of each layer, results."
        );
        Line();
        Line("pip install torch transformers safetensors");
        Line("python reference.py");
        Line($"specializer verify {folder.Replace('\\', '/')} --against {FileName}");
        Line("\"\"\"");
        Line("import torch");
        Line("import transformers");
        Line("from safetensors.torch import save_file");
        Line();
        Line($"model = transformers.{ClassOf(plan.Architecture, configuration)}.from_pretrained({path}).float().eval()");
        Line(string.Create(CultureInfo.InvariantCulture, $"torch.manual_seed({seed})"));
        Line("inputs = {");
        foreach ((string name, string value) in Inputs(plan, length))
        {
            Line($"    \"{name}\": {value},");
        }

        Line("}");
        Line("with torch.no_grad():");
        Line("    outputs = model(**inputs, output_hidden_states=True, return_dict=True)");
        Line();
        Line("saved = {\"inputs.\" + name: tensor for name, tensor in inputs.items()}");
        Line($"for name in ({Results}):");
        Line("    if outputs.get(name) is not None:");
        Line("        saved[name] = outputs[name]");
        Line("for name in (\"hidden_states\", \"encoder_hidden_states\", \"decoder_hidden_states\"):");
        Line("    for layer, states in enumerate(outputs.get(name) or ()):");
        Line("        saved[f\"{name}.{layer}\"] = states");
        Line("saved = {name: tensor.detach().clone().contiguous() for name, tensor in saved.items()}");
        Line(
            $"save_file(saved, \"{FileName}\", metadata={{\"model\": {path}, \"transformers\": transformers.__version__, \"torch\": torch.__version__}})"
        );
        Line($"print(\"{FileName}: \" + \", \".join(f\"{{name}} {{list(tensor.shape)}}\" for name, tensor in saved.items()))");
        return text.ToString();
    }

    private static IEnumerable<(string Name, string Value)> Inputs(ExecutionPlan plan, int length)
    {
        TransformerArchitecture architecture = plan.Architecture;
        if (architecture.Embeddings.Patches is { } patches)
        {
            yield return (
                "pixel_values",
                Invariant($"torch.rand(1, {patches.Channels}, {patches.ImageSize}, {patches.ImageSize}) * 2 - 1")
            );
            yield break;
        }

        int positions = Math.Min(length, architecture.ContextLength);
        if (architecture.Encoder is { } encoder)
        {
            if (encoder.Embeddings.Speech is { } sound)
            {
                // Whisper accepts only one length of audio.
                yield return (
                    "input_features",
                    Invariant(
                        $"torch.rand(1, {sound.MelBands}, {SpeechArchitecture.FramesPerPosition} * model.config.max_source_positions) * 2 - 1"
                    )
                );
            }
            else
            {
                int source = Math.Min(length, encoder.ContextLength);
                yield return ("input_ids", Tokens(encoder.Embeddings.VocabularySize, source));
                yield return ("attention_mask", Invariant($"torch.ones(1, {source}, dtype=torch.long)"));
            }

            yield return ("decoder_input_ids", Tokens(architecture.Embeddings.VocabularySize, positions));
            yield break;
        }

        yield return ("input_ids", Tokens(architecture.Embeddings.VocabularySize, positions));
        yield return ("attention_mask", Invariant($"torch.ones(1, {positions}, dtype=torch.long)"));
        if (architecture.Embeddings.TokenTypes > 1)
        {
            yield return ("token_type_ids", Invariant($"torch.randint(0, {architecture.Embeddings.TokenTypes}, (1, {positions}))"));
        }

        if (architecture.GlobalTokens)
        {
            yield return ("global_attention_mask", Invariant($"torch.zeros(1, {positions}, dtype=torch.long)"));
        }
    }

    /// <summary>Returns random tokens, without the first few, which usually are padding, start and end.</summary>
    private static string Tokens(int vocabulary, int count) =>
        Invariant($"torch.randint({Math.Min(10, vocabulary / 2)}, {vocabulary}, (1, {count}))");

    /// <summary>Returns the class that the config.json names, or the automatic class of this kind of model.</summary>
    private static string ClassOf(TransformerArchitecture architecture, string configuration)
    {
        using JsonDocument json = JsonDocument.Parse(configuration);
        string? named =
            json.RootElement.TryGetProperty("architectures", out JsonElement names) && names.ValueKind == JsonValueKind.Array
                ? names
                    .EnumerateArray()
                    .Select(static name => name.ValueKind == JsonValueKind.String ? name.GetString() : null)
                    .FirstOrDefault()
                : null;
        return
            named is not null && named.Length > 0 && named.All(static character => char.IsAsciiLetterOrDigit(character) || character == '_')
            ? named
            : architecture.Kind switch
            {
                ModelKind.Encoder => "AutoModel",
                ModelKind.ImageEncoder => "AutoModelForImageClassification",
                ModelKind.EncoderDecoder => "AutoModelForSeq2SeqLM",
                ModelKind.Speech => "AutoModelForSpeechSeq2Seq",
                _ => "AutoModelForCausalLM",
            };
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Returns a Python literal.</summary>
    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}

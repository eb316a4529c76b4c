using System;
using System.Linq;
using System.Text;
using Specializer.TestKit;
using Specializer.Text.Tests.Fuzzing;
using Xunit;

namespace Specializer.Text.Tests.Generation;

[Feature("text-generation")]
public sealed class GenerationSettingsTests
{
    private const string Full = """
        {"eos_token_id":[2,7],"bos_token_id":1,"do_sample":true,"temperature":0.6,"top_p":0.9,"min_p":0.05,"repetition_penalty":1.1,
         "max_new_tokens":100,"min_new_tokens":2,"stop_strings":["User:"],"suppress_tokens":[3],"begin_suppress_tokens":[4,5],
         "decoder_start_token_id":6,"forced_bos_token_id":8,"forced_eos_token_id":[9],"num_beams":1,"no_repeat_ngram_size":0,
         "bad_words_ids":null,"typical_p":1.0,"transformers_version":"4.50.0"}
        """;

    [Fact]
    public void Every_field_is_read()
    {
        GenerationSettings settings = GenerationSettings.Parse(Encoding.UTF8.GetBytes(Full));
        Assert.Equal([2, 7], settings.EndTokens);
        Assert.Equal(["User:"], settings.StopStrings);
        Assert.Equal((100, null, 2), (settings.MaximumNewTokens, settings.MaximumLength, settings.MinimumNewTokens));
        Assert.Equal((1, 6, 8, 9), (settings.StartToken, settings.DecoderStartToken, settings.ForcedFirstToken, settings.ForcedLastToken));
        Assert.Equal([3], settings.SuppressedTokens);
        Assert.Equal([4, 5], settings.FirstSuppressedTokens);
        SamplingOptions expected = new()
        {
            Temperature = 0.6f,
            TopK = 50,
            TopP = 0.9f,
            MinP = 0.05f,
            RepetitionPenalty = 1.1f,
        };
        Assert.Equal(expected, settings.Sampling);
    }

    [Fact]
    public void Fields_of_beam_search_are_read()
    {
        GenerationSettings settings = GenerationSettings.Parse(
            """{"num_beams":4,"length_penalty":0.8,"early_stopping":true,"no_repeat_ngram_size":3,"bad_words_ids":[[1],[2,3]]}"""u8.ToArray()
        );
        Assert.Equal(
            (4, 0.8, BeamStopping.WhenFilled, 3),
            (settings.Beams, settings.LengthPenalty, settings.Stopping, settings.NoRepeatNgramSize)
        );
        Assert.Equal(
            [
                [1],
                [2, 3],
            ],
            settings.BadWords
        );
        Assert.Equal(BeamStopping.Never, GenerationSettings.Parse("""{"early_stopping":"never"}"""u8.ToArray()).Stopping);
        GenerationSettings absent = GenerationSettings.Parse("{}"u8.ToArray());
        Assert.Equal((1, 1.0, BeamStopping.Heuristic, 0), (absent.Beams, absent.LengthPenalty, absent.Stopping, absent.NoRepeatNgramSize));
    }

    [Fact]
    public void Without_do_sample_tokens_are_chosen_greedily()
    {
        GenerationSettings settings = GenerationSettings.Parse("""{"temperature":0.6,"top_p":0.9,"eos_token_id":2}"""u8.ToArray());
        Assert.Equal(new SamplingOptions(), settings.Sampling);
        Assert.Equal([2], settings.EndTokens);
    }

    [Theory]
    [InlineData("""{"num_beam_groups":2}""", "generation_config.json.num_beam_groups", "the number 2 is not supported")]
    [InlineData("""{"num_beams":-1}""", "generation_config.json.num_beams", "found the number -1")]
    [InlineData("""{"early_stopping":"sometimes"}""", "generation_config.json.early_stopping", "expected true, false or 'never'")]
    [InlineData("""{"length_penalty":"1"}""", "generation_config.json.length_penalty", "expected a finite number")]
    [InlineData("""{"bad_words_ids":[[1],[]]}""", "generation_config.json.bad_words_ids[1]", "at least one token")]
    [InlineData("""{"do_sample":true,"temperature":0}""", "generation_config.json.temperature", "above 0")]
    [InlineData("""{"do_sample":true,"top_p":1.5}""", "generation_config.json.top_p", "at most 1")]
    [InlineData("""{"do_sample":1}""", "generation_config.json.do_sample", "true or false")]
    [InlineData("""{"eos_token_id":[1,-2]}""", "generation_config.json.eos_token_id[1]", "found the number -2")]
    [InlineData("""{"stop_strings":[""]}""", "generation_config.json.stop_strings[0]", "not empty")]
    [InlineData("""{"forced_eos_token_id":[1,2]}""", "generation_config.json.forced_eos_token_id", "expected one")]
    [InlineData("[]", "generation_config.json", "expected an object")]
    [InlineData("{", "generation_config.json", "not valid JSON")]
    public void What_is_wrong_is_named_with_its_place(string json, string place, string message)
    {
        GenerationSettingsException exception = Assert.Throws<GenerationSettingsException>(() =>
            GenerationSettings.Parse(Encoding.UTF8.GetBytes(json))
        );
        Assert.Equal(place, exception.Place);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mutated_files_are_read_or_refused()
    {
        byte[] file = Encoding.UTF8.GetBytes(Full);
        int read = 0;
        foreach (int seed in Enumerable.Range(0, 5000))
        {
            try
            {
                GenerationSettings.Parse(FileMutation.Apply(file, new Random(seed)));
                read++;
            }
            catch (GenerationSettingsException exception)
            {
                Assert.StartsWith(exception.Place + ": ", exception.Message, StringComparison.Ordinal);
            }
        }

        Assert.InRange(read, 50, 4900);
    }
}

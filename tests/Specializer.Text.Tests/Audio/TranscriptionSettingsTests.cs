using System;
using System.IO;
using Specializer.TestKit;
using Specializer.Text.Tests.Fuzzing;
using Xunit;

namespace Specializer.Text.Tests.Audio;

/// <summary>generation_config.json of models of speech.</summary>
[Feature("speech")]
public sealed class TranscriptionSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specializer-speech").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void All_control_tokens_are_read()
    {
        TranscriptionSettings settings = Load(SpeechFolder.Generation);
        Assert.Equal((41, 40, 49), (settings.StartToken, settings.EndToken, settings.NoTimestampsToken));
        Assert.Equal((42, 43), (settings.Languages["en"], settings.Languages["de"]));
        Assert.Equal((45, 44), (settings.TranscribeToken, settings.TranslateToken));
        Assert.Equal((null, false), (settings.Language, settings.Translates));
        Assert.Equal(10, settings.SuppressedTokens.Count);
        Assert.Equal([3, 40], settings.FirstSuppressedTokens);
        Assert.Equal((20, 448), (settings.MaximumInitialTimestamp, settings.MaximumLength));
    }

    [Fact]
    public void Old_files_take_control_tokens_from_the_tokenizer_and_defaults_from_forced_ids()
    {
        TranscriptionSettings settings = Load(
            """{"decoder_start_token_id":41,"eos_token_id":[40],"is_multilingual":true,"forced_decoder_ids":[[1,43],[2,44],[3,49]]}"""
        );
        Assert.Equal(
            (49, 42, 45, 44),
            (settings.NoTimestampsToken, settings.Languages["en"], settings.TranscribeToken, settings.TranslateToken)
        );
        Assert.Equal(("de", true), (settings.Language, settings.Translates));

        TranscriptionSettings english = Load("""{"decoder_start_token_id":41,"eos_token_id":40,"forced_decoder_ids":[[1,49]]}""");
        Assert.Empty(english.Languages);
        Assert.Null(english.TranslateToken);
    }

    [Theory]
    [InlineData("num_beams", "5", "num_beams", "the number 5 is not supported")]
    [InlineData("do_sample", "true", "do_sample", "true is not supported")]
    [InlineData("no_speech_threshold", "0.6", "no_speech_threshold", "not supported")]
    [InlineData("forced_decoder_ids", "[[1,7]]", "forced_decoder_ids[0][1]", "the token 7 is not a language")]
    [InlineData("forced_decoder_ids", "[[1]]", "forced_decoder_ids[0]", "expected a position and a token")]
    [InlineData("lang_to_id", "[]", "lang_to_id", "expected an object")]
    [InlineData("eos_token_id", "[1,2]", "eos_token_id", "found 2 tokens")]
    [InlineData("decoder_start_token_id", "null", "decoder_start_token_id", "expected an integer")]
    public void Unsupported_fields_are_refused_by_name(string field, string value, string place, string message)
    {
        string json =
            $$"""{"decoder_start_token_id":41,"eos_token_id":40,"lang_to_id":{"<|en|>":42},"task_to_id":{"transcribe":45},"{{field}}":{{value}}}""";
        PipelineException exception = Assert.Throws<PipelineException>(() => Load(json));
        Assert.Equal("generation_config.json." + place, exception.Place);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        Assert.Equal("generation_config.json", Assert.Throws<PipelineException>(() => Load(null)).Place);
        File.WriteAllText(Path.Combine(_folder, "config.json"), SpeechFolder.Generation);
        Assert.Equal(41, TranscriptionSettings.Load(_folder, SpeechFolder.Tokenizer).StartToken);
    }

    /// <summary>SPECIALIZER_TEXT_MUTATIONS is the number of files, and SPECIALIZER_TEXT_SEED the first seed.</summary>
    [Fact]
    public void Mutated_files_cause_the_documented_exception_or_none()
    {
        byte[] file = System.Text.Encoding.UTF8.GetBytes(SpeechFolder.Generation);
        int read = 0;
        foreach (int seed in HostileFileTests.Seeds(1000))
        {
            File.WriteAllBytes(Path.Combine(_folder, "generation_config.json"), FileMutation.Apply(file, new Random(seed)));
            try
            {
                TranscriptionSettings.Load(_folder, SpeechFolder.Tokenizer);
                read++;
            }
            catch (PipelineException exception)
            {
                Assert.False(string.IsNullOrWhiteSpace(exception.Message), $"seed {seed}: an error without a message");
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}: {exception}");
            }
        }

        Assert.True(read > 0, "Every file was refused.");
    }

    private TranscriptionSettings Load(string? generation) =>
        TranscriptionSettings.Load(SpeechFolder.Write(_folder, generation), SpeechFolder.Tokenizer);
}

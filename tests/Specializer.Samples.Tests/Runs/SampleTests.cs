using System;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace Specializer.Samples.Tests.Runs;

/// <summary>The samples that take the folder of a model: each generates the code of a small folder, and runs it.</summary>
public sealed class SampleTests
{
    private const string Bert =
        """ "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32, "vocab_size": 64, "max_position_embeddings": 128, "type_vocab_size": 2 """;

    public static TheoryData<string, string> Samples =>
        new()
        {
            { "Chat", "HuggingFaceTB/SmolLM2-135M-Instruct" },
            { "Translate", "google-t5/t5-small" },
            { "Classify", "distilbert/distilbert-base-uncased-finetuned-sst-2-english" },
            { "Answer", "distilbert/distilbert-base-cased-distilled-squad" },
        };

    [Theory]
    [MemberData(nameof(Samples))]
    public void Without_a_folder_the_download_is_described(string sample, string repository)
    {
        SampleRun run = SampleRun.Of(sample);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains($"https://huggingface.co/{repository}/tree/main", run.Error, StringComparison.Ordinal);
        Assert.Contains("config.json", run.Error, StringComparison.Ordinal);
        Assert.Contains($"dotnet run -c Release --project samples/{sample} -- models/", run.Error, StringComparison.Ordinal);

        SampleRun help = SampleRun.Of(sample, "--help");
        Assert.Equal(0, help.ExitCode);
        Assert.Contains("The folder of a model as Hugging Face publishes it.", help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Chat_answers_by_template_and_settings_of_the_folder()
    {
        using SmallFolder folder = new SmallFolder(
            "small-chat",
            """{ "model_type": "llama", "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32, "vocab_size": 259, "max_position_embeddings": 128, "bos_token_id": 0, "eos_token_id": 2 }"""
        )
            .WithWeights(3)
            .WithBytes(["<|endoftext|>", "<|im_start|>", "<|im_end|>"]);
        folder.Write(
            "tokenizer_config.json",
            """{ "eos_token": "<|im_end|>", "chat_template": "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}" }"""
        );
        folder.Write("generation_config.json", """{ "eos_token_id": [0, 2], "do_sample": false }""");
        SampleRun run = SampleRun.Of("Chat", folder.Path, "--prompt", "Hi!", "--tokens", "12");
        Assert.True(run.ExitCode == 0, run.Error);

        // user, line break, "Hi!", line break, "assistant", line break, and three special tokens.
        Match usage = Regex.Match(run.Error, @"\[(\d+) prompt tokens in \d+ ms, (\d+) tokens at [\d.]+/s, (\w+)\]");
        Assert.True(usage.Success, run.Error);
        Assert.Equal(4 + 1 + 3 + 1 + 9 + 1 + 3, int.Parse(usage.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.InRange(int.Parse(usage.Groups[2].Value, CultureInfo.InvariantCulture), 1, 12);
        Assert.Equal(run.Output, SampleRun.Of("Chat", folder.Path, "--prompt", "Hi!", "--tokens", "12", "--greedy").Output);
    }

    [Fact]
    public void Translate_writes_a_line_for_each_text()
    {
        using SmallFolder folder = new SmallFolder(
            "small-translation",
            """{ "model_type": "t5", "d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 2, "vocab_size": 258, "decoder_start_token_id": 0, "eos_token_id": 1, "pad_token_id": 0, "task_specific_params": { "translation_en_to_de": { "prefix": "translate to German: " } } }"""
        )
            .WithWeights(4)
            .WithBytes(["<pad>", "</s>"], end: "</s>");
        folder.Write(
            "generation_config.json",
            """{ "decoder_start_token_id": 0, "eos_token_id": 1, "pad_token_id": 0, "max_length": 10 }"""
        );
        SampleRun run = SampleRun.Of("Translate", folder.Path, "--text", "a cat", "--text", "two", "--from", "en", "--to", "de");
        Assert.True(run.ExitCode == 0, run.Error);
        MatchCollection usages = Regex.Matches(run.Error, @"\[(\d+) tokens from (\d+) in \d+ ms, \w+\]");
        Assert.Equal(["27", "25"], usages.Select(static usage => usage.Groups[2].Value));
        Assert.All(usages, static usage => Assert.InRange(int.Parse(usage.Groups[1].Value, CultureInfo.InvariantCulture), 1, 9));
    }

    [Fact]
    public void Classify_prints_the_labels_of_the_folder()
    {
        using SmallFolder folder = new SmallFolder(
            "small-classes",
            $$$"""{ "model_type": "bert", "architectures": ["BertForSequenceClassification"], {{{Bert}}}, "id2label": { "0": "calm", "1": "stormy" }, "label2id": { "calm": 0, "stormy": 1 } }"""
        )
            .WithWeights(5)
            .WithLetters();
        SampleRun run = SampleRun.Of("Classify", folder.Path, "--text", "a quiet sea", "--text", "waves!");
        Assert.True(run.ExitCode == 0, run.Error);
        MatchCollection lines = Regex.Matches(
            run.Output,
            @"^(calm|stormy) ([\d.]+) ?%, (calm|stormy) ([\d.]+) ?%: (.+)$",
            RegexOptions.Multiline
        );
        Assert.Equal(["a quiet sea", "waves!"], lines.Select(static line => line.Groups[5].Value));
        Assert.All(
            lines,
            static line =>
            {
                double[] shares = [.. new[] { 2, 4 }.Select(at => double.Parse(line.Groups[at].Value, CultureInfo.InvariantCulture))];
                Assert.True(shares[0] >= shares[1] && Math.Abs(shares[0] + shares[1] - 100) < 0.11);
                Assert.NotEqual(line.Groups[1].Value, line.Groups[3].Value);
            }
        );
    }

    [Fact]
    public void Classify_reads_images()
    {
        using SmallFolder folder = new SmallFolder(
            "small-images",
            """{ "model_type": "vit", "architectures": ["ViTForImageClassification"], "image_size": 16, "patch_size": 8, "num_channels": 3, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32, "id2label": { "0": "cat", "1": "fox", "2": "owl" }, "label2id": { "cat": 0, "fox": 1, "owl": 2 } }"""
        ).WithWeights(7);
        folder.Write(
            "preprocessor_config.json",
            """{ "image_processor_type": "ViTImageProcessor", "do_resize": true, "size": { "height": 16, "width": 16 }, "resample": 2, "do_rescale": true, "do_normalize": true, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5] }"""
        );
        string file = System.IO.Path.Combine(folder.Path, "image.bmp");
        System.IO.File.WriteAllBytes(file, Bitmap(20, 12));
        SampleRun run = SampleRun.Of("Classify", folder.Path, "--image", file);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Matches(@"^(\w+ [\d.]+ ?%, ){2}\w+ [\d.]+ ?%: .*image\.bmp\n$", run.Output);
        Assert.All(["cat", "fox", "owl"], label => Assert.Contains(label, run.Output, StringComparison.Ordinal));
    }

    // 24 bits a pixel, rows padded to four bytes, after headers of 14 and 40 bytes.
    private static byte[] Bitmap(int width, int height)
    {
        int stride = ((width * 3) + 3) / 4 * 4;
        var file = new byte[54 + (stride * height)];
        "BM"u8.CopyTo(file);
        foreach ((int at, int value) in new[] { (2, file.Length), (10, 54), (14, 40), (18, width), (22, height), (26, 1 | (24 << 16)) })
        {
            BitConverter.TryWriteBytes(file.AsSpan(at), value);
        }

        new Random(1).NextBytes(file.AsSpan(54));
        return file;
    }

    [Fact]
    public void Answer_prints_parts_of_the_text()
    {
        using SmallFolder folder = new SmallFolder(
            "small-answers",
            $$$"""{ "model_type": "bert", "architectures": ["BertForQuestionAnswering"], {{{Bert}}} }"""
        )
            .WithWeights(6)
            .WithLetters();
        const string Text = "The keeper lives in the old tower, and her boat lies below.";
        folder.Write("text.txt", Text);
        string file = System.IO.Path.Combine(folder.Path, "text.txt");
        SampleRun run = SampleRun.Of("Answer", folder.Path, "--question", "who?", "--file", file, "--top", "2");
        Assert.True(run.ExitCode == 0, run.Error);
        MatchCollection answers = Regex.Matches(run.Output, @"^[\d.]+ ?%  (.+?)  \(\.\.\. .+ \.\.\.\)$", RegexOptions.Multiline);
        Assert.Equal(2, answers.Count);
        Assert.All(answers, static answer => Assert.Contains(answer.Groups[1].Value, Text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_that_is_none()
    {
        SampleRun run = SampleRun.Of("Chat", "/no/such/folder");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("'/no/such/folder' contains no config.json.", run.Error, StringComparison.Ordinal);
    }
}

using System;
using System.CommandLine;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using Samples;
using Specializer.Text;

Argument<string?> folder = SampleFolder.Argument();
var texts = new Option<string[]>("--text") { Description = "A text; repeat it for more. Without it, each line of the input is one." };
var from = new Option<string?>("--from") { Description = "The source language, such as en, as the model's files name it." };
var to = new Option<string?>("--to") { Description = "The target language, such as de. Models for one pair of languages need neither." };
var command = new RootCommand("Translates texts with an encoder-decoder, such as T5, Marian or mBART.") { folder, texts, from, to };
command.SetAction(result =>
{
    const string Files = "config.json generation_config.json model.safetensors tokenizer.json tokenizer_config.json";
    string? found = SampleFolder.Find(result.GetValue(folder), args, "google-t5/t5-small", Files, out int exitCode);
    if (found is null)
    {
        return Task.FromResult(exitCode);
    }

    string[] given = result.GetValue(texts) is { Length: > 0 } some
        ? some
        : [.. Console.In.ReadToEnd().ReplaceLineEndings("\n").Split('\n').Where(static line => line.Length > 0)];
    return TranslateAsync(found, given, result.GetValue(from), result.GetValue(to));
});
return await command.Parse(args).InvokeAsync();

#if MODEL
static async Task<int> TranslateAsync(string folder, string[] texts, string? from, string? to)
{
    using TranslationModel model = SampleFolder.Load<TranslationModel>(folder);
    using Translator translator = Translator.Load(model, folder);
    foreach (string text in texts)
    {
        var clock = Stopwatch.StartNew();
        GeneratedText translation = await translator.TranslateAsync(text, from, to);
        (int prompt, _, int generated) = translation.Usage;
        Console.WriteLine(translation.Text);
        Console.Error.WriteLine($"[{generated} tokens from {prompt} in {clock.ElapsedMilliseconds} ms, {translation.Finish}]");
    }

    return 0;
}
#else
static Task<int> TranslateAsync(string folder, string[] texts, string? from, string? to) => Task.FromResult(1);
#endif

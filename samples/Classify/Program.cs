using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Samples;
using Specializer.Text;

Argument<string?> folder = SampleFolder.Argument();
var texts = new Option<string[]>("--text") { Description = "A text; repeat it for more. Without it, each line of the input is one." };
var command = new RootCommand("Classifies texts by the labels of the model's config.json.") { folder, texts };
command.SetAction(result =>
{
    const string Files = "config.json model.safetensors tokenizer_config.json vocab.txt";
    string? found = SampleFolder.Find(
        result.GetValue(folder),
        args,
        "distilbert/distilbert-base-uncased-finetuned-sst-2-english",
        Files,
        out int exitCode
    );
    return found is null ? exitCode : Classify(found, result.GetValue(texts) is { Length: > 0 } given ? given : Lines(Console.In));
});
return command.Parse(args).Invoke();

static string[] Lines(TextReader reader) =>
    [.. reader.ReadToEnd().ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries)];

#if MODEL
static int Classify(string folder, string[] texts)
{
    using ClassificationModel model = SampleFolder.Load<ClassificationModel>(folder);
    using TextClassifier classifier = TextClassifier.Load(model, folder);
    var clock = Stopwatch.StartNew();
    IReadOnlyList<LabelScore>[] results = classifier.Classify(texts);
    TimeSpan time = clock.Elapsed;
    foreach ((string text, IReadOnlyList<LabelScore> labels) in texts.Zip(results))
    {
        Console.WriteLine(string.Join(", ", labels.Take(3).Select(static label => $"{label.Label} {label.Score:P1}")) + ": " + text);
    }

    Console.Error.WriteLine($"[{texts.Length} texts in {time.TotalMilliseconds:F1} ms]");
    return 0;
}
#else
static int Classify(string folder, string[] texts) => 1;
#endif

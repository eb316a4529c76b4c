using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Samples;
using Specializer.Text;
using StbImageSharp;

Argument<string?> folder = SampleFolder.Argument();
var texts = new Option<string[]>("--text") { Description = "A text; repeat it for more. Without it, each line of the input is one." };
var images = new Option<string[]>("--image")
{
    Description = "A JPEG, PNG or BMP file, for a model of images such as ViT; repeat it for more.",
};
var command = new RootCommand("Classifies texts or images by the labels of the model's config.json.") { folder, texts, images };
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
    return found is null ? exitCode
        : result.GetValue(images) is { Length: > 0 } files ? ClassifyImages(found, files)
        : Classify(found, result.GetValue(texts) is { Length: > 0 } given ? given : Lines(Console.In));
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
    return Print(texts, results, $"{texts.Length} texts in {clock.Elapsed.TotalMilliseconds:F1} ms");
}

static int ClassifyImages(string folder, string[] files)
{
    using ClassificationModel model = SampleFolder.Load<ClassificationModel>(folder);
    using ImageClassifier classifier = ImageClassifier.Load(model, folder);
    RgbImage[] images = [.. files.Select(Read)];
    var clock = Stopwatch.StartNew();
    IReadOnlyList<LabelScore>[] results = classifier.Classify(images);
    return Print(files, results, $"{files.Length} images in {clock.Elapsed.TotalMilliseconds:F1} ms");
}

static RgbImage Read(string file)
{
    var image = ImageResult.FromMemory(File.ReadAllBytes(file), ColorComponents.RedGreenBlue);
    return new RgbImage(image.Data, image.Width, image.Height);
}

static int Print(string[] inputs, IReadOnlyList<LabelScore>[] results, string summary)
{
    foreach ((string input, IReadOnlyList<LabelScore> labels) in inputs.Zip(results))
    {
        Console.WriteLine(string.Join(", ", labels.Take(3).Select(static label => $"{label.Label} {label.Score:P1}")) + ": " + input);
    }

    Console.Error.WriteLine($"[{summary}]");
    return 0;
}
#else
static int Classify(string folder, string[] texts) => 1;

static int ClassifyImages(string folder, string[] files) => 1;
#endif

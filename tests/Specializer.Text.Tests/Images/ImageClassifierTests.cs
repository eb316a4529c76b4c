using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Specializer.TestKit;
using Specializer.Text.Tests.Generation;
using Xunit;

namespace Specializer.Text.Tests.Images;

/// <summary>A small ViT: images of 8 by 8 pixels, three labels.</summary>
[Transformer("Images/vit/config.json")]
internal sealed partial class SmallVit;

/// <summary>Classification of images against a session of the model.</summary>
[Feature("images")]
public sealed class ImageClassifierTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specializer-images").FullName;
    private readonly SmallVit _model;

    public ImageClassifierTests()
    {
        using SafetensorsFile weights = SmallWeights.Random(SmallVit.Tensors, 7);
        _model = SmallVit.Load(weights);
        Write("config.json", """{"model_type":"vit","id2label":{"0":"cat","1":"dog","2":"tree"}}""");
        Write("preprocessor_config.json", """{"image_processor_type":"ViTImageProcessor","size":{"height":8,"width":8},"resample":2}""");
    }

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Labels_have_the_probabilities_of_the_model_in_their_order()
    {
        using var classifier = ImageClassifier.Load(_model, _folder);
        RgbImage[] images = [ImageResizerTests.Image(31, 17), ImageResizerTests.Image(8, 8), ImageResizerTests.Image(3, 40)];
        var reports = new List<PipelineProgress>();
        IReadOnlyList<LabelScore>[] results = classifier.Classify(images, new Reports(reports));
        Assert.Equal([new PipelineProgress(1, 3), new PipelineProgress(2, 3), new PipelineProgress(3, 3)], reports);
        using IEncoderSession<ImageInput> session = _model.CreateSession();
        for (int i = 0; i < images.Length; i++)
        {
            var logits = new float[3];
            session.Encode(new ImageInput(classifier.Preprocessor.Process(images[i])), logits);
            double sum = logits.Sum(logit => Math.Exp(logit));
            int[] order = [.. Enumerable.Range(0, 3).OrderByDescending(id => logits[id])];
            Assert.Equal(order, results[i].Select(label => label.Id));
            Assert.Equal(order.Select(id => new[] { "cat", "dog", "tree" }[id]), results[i].Select(label => label.Label));
            Assert.All(results[i], label => Assert.Equal(Math.Exp(logits[label.Id]) / sum, label.Score, 1e-6));
            Assert.Equal(results[i], classifier.Classify(images[i]));
        }
    }

    [Fact]
    public void Options_select_the_labels_and_the_function()
    {
        RgbImage image = ImageResizerTests.Image(9, 9);
        using var all = ImageClassifier.Load(_model, _folder);
        using var best = ImageClassifier.Load(
            _model,
            _folder,
            new ImageClassifierOptions
            {
                MaximumLabels = 1,
                Labels = ["a", "b", "c"],
                Function = ScoreFunction.None,
            }
        );
        LabelScore label = Assert.Single(best.Classify(image));
        Assert.Equal(all.Classify(image)[0].Id, label.Id);
        Assert.Equal(["a", "b", "c"], best.Labels);
        using var unnamed = new ImageClassifier(_model, all.Preprocessor);
        Assert.Equal(["LABEL_0", "LABEL_1", "LABEL_2"], unnamed.Labels);
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        ImagePreprocessor preprocessor = new(ImagePreprocessorSettings.Load(_folder));
        AssertRefused(
            "3 channels of 9 by 8 pixels; SmallVit expects 3 of 8 by 8",
            () => new ImageClassifier(_model, new ImagePreprocessor(new ImagePreprocessorSettings { Size = (9, 8) }))
        );
        AssertRefused(
            "There are 2 labels, but SmallVit returns 3",
            () => new ImageClassifier(_model, preprocessor, new() { Labels = ["a", "b"] })
        );
        AssertRefused("MaximumLabels is 0", () => new ImageClassifier(_model, preprocessor, new() { MaximumLabels = 0 }));
        using SafetensorsFile weights = SmallWeights.Random(SmallDecoder.Tensors, 1);
        using SmallDecoder decoder = SmallDecoder.Load(weights);
        Assert.Throws<NotSupportedException>(() => new ImageClassifier(decoder, preprocessor));

        Write("config.json", """{"id2label":{"0":"cat","2":"tree"}}""");
        Assert.Equal("config.json.id2label", Assert.Throws<PipelineException>(() => ImageClassifier.Load(_model, _folder)).Place);
        File.Delete(Path.Combine(_folder, "preprocessor_config.json"));
        Assert.Equal("preprocessor_config.json", Assert.Throws<PipelineException>(() => ImageClassifier.Load(_model, _folder)).Place);
    }

    [Fact]
    public void A_call_is_cancelled_and_a_disposed_classifier_is_refused()
    {
        var classifier = ImageClassifier.Load(_model, _folder);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => classifier.Classify(ImageResizerTests.Image(8, 8), source.Token));
        classifier.Classify(ImageResizerTests.Image(8, 8));
        classifier.Dispose();
        Assert.Throws<ObjectDisposedException>(() => classifier.Classify(ImageResizerTests.Image(8, 8)));
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_folder, name), content);

    private static void AssertRefused(string message, Action call) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal);

    private sealed class Reports(List<PipelineProgress> list) : IProgress<PipelineProgress>
    {
        public void Report(PipelineProgress value) => list.Add(value);
    }
}

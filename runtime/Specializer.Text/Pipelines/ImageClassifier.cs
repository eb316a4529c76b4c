using System;
using System.Collections.Generic;
using System.Threading;
using Specializer.Text.Pipelines;

namespace Specializer.Text;

/// <summary>Assigns labels to images, by a model with a classification head such as ViT. This class is thread-safe.</summary>
/// <remarks>Source: huggingface/transformers, src/transformers/pipelines/image_classification.py.</remarks>
/// <example>
/// <code>
/// using var classifier = ImageClassifier.Load(model, "models/vit-base-patch16-224");
/// IReadOnlyList&lt;LabelScore&gt; labels = classifier.Classify(image);
/// Console.WriteLine($"{labels[0].Label} {labels[0].Score:P1}");
/// </code>
/// </example>
public sealed class ImageClassifier : IDisposable
{
    private readonly IEncoderModel<ImageInput> _model;
    private readonly ImageClassifierOptions _options;
    private IEncoderSession<ImageInput>? _kept;
    private int _disposed;

    /// <summary>Creates a classifier.</summary>
    /// <param name="model">An encoder of images that returns a logit for each label. It is not disposed with the classifier.</param>
    /// <param name="preprocessor">The preprocessor of the model's images.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The model is not an encoder of images, or returns a row for each patch.</exception>
    /// <exception cref="ArgumentException">
    /// The size of the images or the number of labels is not that of the model, or an option is out of its range.
    /// </exception>
    public ImageClassifier(TransformerModel model, ImagePreprocessor preprocessor, ImageClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(preprocessor);
        ModelDescription description = model.Description;
        _model =
            model as IEncoderModel<ImageInput>
            ?? throw new NotSupportedException(
                $"{description.Name} is not an encoder of images; an {nameof(ImageClassifier)} needs a model such as ViT."
            );
        if (description.OutputPerToken)
        {
            throw new NotSupportedException(
                $"{description.Name} returns a row for each patch; an {nameof(ImageClassifier)} needs a logit for each label."
            );
        }

        int size = description.ImageSize;
        if (description.Channels != 3 || preprocessor.Width != size || preprocessor.Height != size)
        {
            throw new ArgumentException(
                $"The preprocessor returns 3 channels of {preprocessor.Width} by {preprocessor.Height} pixels; {description.Name} expects {description.Channels} of {size} by {size}.",
                nameof(preprocessor)
            );
        }

        _options = options ?? new ImageClassifierOptions();
        Labels = _options.Labels ?? TextClassifier.DefaultLabels(description.OutputWidth);
        if (Labels.Count != description.OutputWidth)
        {
            throw new ArgumentException(
                $"There are {Labels.Count} labels, but {description.Name} returns {description.OutputWidth} numbers; expected a label for each.",
                nameof(options)
            );
        }

        if (_options.MaximumLabels is < 1)
        {
            throw new ArgumentException(
                $"{nameof(options.MaximumLabels)} is {_options.MaximumLabels}; expected at least 1.",
                nameof(options)
            );
        }

        Preprocessor = preprocessor;
    }

    /// <summary>The preprocessor of the model's images.</summary>
    public ImagePreprocessor Preprocessor { get; }

    /// <summary>The labels in the order of their ids.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Loads <c>preprocessor_config.json</c> and the labels from a model's folder, as Hugging Face publishes it.</summary>
    /// <param name="model">The model of the folder, which is not disposed with the classifier.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Options that replace those of the folder; null for none.</param>
    /// <exception cref="PipelineException">A file is absent or malformed, or requests something that is not supported.</exception>
    /// <exception cref="System.IO.IOException">A file cannot be read.</exception>
    /// <inheritdoc cref="ImageClassifier(TransformerModel, ImagePreprocessor, ImageClassifierOptions?)"/>
    public static ImageClassifier Load(TransformerModel model, string folder, ImageClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new ImageClassifierOptions();
        var preprocessor = new ImagePreprocessor(ImagePreprocessorSettings.Load(folder));
        var configuration = new FolderConfiguration(folder);
        return new ImageClassifier(
            model,
            preprocessor,
            options with
            {
                Labels = options.Labels ?? FolderConfiguration.Within(configuration.Labels),
            }
        );
    }

    /// <summary>Classifies an image.</summary>
    /// <param name="image">The image, of any size.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The labels, the highest score first; the lower id first if scores are equal.</returns>
    /// <exception cref="ArgumentException">The image is so narrow that resizing it would require more than 1 GiB.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The classifier or the model is disposed.</exception>
    public IReadOnlyList<LabelScore> Classify(RgbImage image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Classify([image], null, cancellationToken)[0];
    }

    /// <summary>Classifies images, one after another.</summary>
    /// <param name="images">The images, of any sizes.</param>
    /// <param name="progress">Receives the number of images after each image; null for none.</param>
    /// <param name="cancellationToken">Cancels the call before the next image.</param>
    /// <returns>For each image the labels, the highest score first.</returns>
    /// <inheritdoc cref="Classify(RgbImage, CancellationToken)"/>
    public IReadOnlyList<LabelScore>[] Classify(
        IReadOnlyList<RgbImage> images,
        IProgress<PipelineProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(images);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        var result = new IReadOnlyList<LabelScore>[images.Count];
        var pixels = new float[3 * Preprocessor.Width * Preprocessor.Height];
        float[] logits = new float[Labels.Count],
            scores = new float[Labels.Count];
        IEncoderSession<ImageInput> session = Interlocked.Exchange(ref _kept, null) ?? _model.CreateSession();
        try
        {
            for (int i = 0; i < result.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Preprocessor.Process(images[i], pixels);
                session.Encode(new ImageInput(pixels), logits, cancellationToken: cancellationToken);
                Scores.Apply(_options.Function, logits, scores);
                result[i] = Sorted(scores);
                progress?.Report(new PipelineProgress(i + 1, result.Length));
            }
        }
        finally
        {
            Keep(session);
        }

        return result;
    }

    /// <summary>Releases the kept session. The model is not disposed.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _disposed, 1);
        Interlocked.Exchange(ref _kept, null)?.Dispose();
    }

    private LabelScore[] Sorted(ReadOnlySpan<float> scores)
    {
        var labels = new LabelScore[scores.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = new LabelScore(Labels[i], i, scores[i]);
        }

        Array.Sort(labels, static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Id.CompareTo(b.Id));
        return labels.Length <= (_options.MaximumLabels ?? labels.Length) ? labels : labels[.._options.MaximumLabels!.Value];
    }

    private void Keep(IEncoderSession<ImageInput> session)
    {
        Interlocked.Exchange(ref _kept, session)?.Dispose();
        if (Volatile.Read(ref _disposed) != 0)
        {
            Interlocked.Exchange(ref _kept, null)?.Dispose();
        }
    }
}

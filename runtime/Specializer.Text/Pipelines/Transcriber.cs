using System;
using System.Collections.Generic;
using System.Threading;
using Specializer.Text.Audio;

namespace Specializer.Text;

/// <summary>
/// Writes down speech, or translates it to English, with a model such as Whisper. Sound of any length is divided into windows, of which
/// each starts at the last timestamp of the one before. This class is thread-safe.
/// </summary>
/// <remarks>
/// Tokens are chosen greedily by Whisper's rules for timestamps; windows do not depend on the text before. Silence follows the sound in
/// the last window. Sources: Radford et al. 2022, Robust Speech Recognition via Large-Scale Weak Supervision; openai/whisper,
/// whisper/transcribe.py.
/// </remarks>
/// <example>
/// <code>
/// using var model = WhisperTiny.Load("models/whisper-tiny/model.safetensors");
/// using var transcriber = Transcriber.Load(model, "models/whisper-tiny");
/// Transcript transcript = transcriber.Transcribe(Waveform.Load("speech.wav"));
/// foreach (TranscriptSegment segment in transcript.Segments)
/// {
///     Console.WriteLine($"{segment.Start:mm\\:ss} {segment.Text}");
/// }
/// </code>
/// </example>
public sealed class Transcriber : IDisposable
{
    private readonly ISequenceToSequenceModel<LogMelInput> _model;
    private ISequenceToSequenceSession<LogMelInput>? _kept;
    private int _disposed;

    /// <summary>Creates a transcriber.</summary>
    /// <param name="model">An encoder-decoder whose source is sound. It is not disposed with the transcriber.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="settings">The control tokens of the model.</param>
    /// <param name="features">The settings of the model's features; null for those of Whisper with 80 mel bands.</param>
    /// <exception cref="NotSupportedException">The model's source is not sound.</exception>
    /// <exception cref="TokenizerException">The tokenizer has tokens beyond the vocabulary of the model.</exception>
    /// <exception cref="ArgumentException">The settings or the features are not those of the model.</exception>
    public Transcriber(TransformerModel model, Tokenizer tokenizer, TranscriptionSettings settings, LogMelSettings? features = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(settings);
        ModelDescription description = model.Description;
        _model =
            model as ISequenceToSequenceModel<LogMelInput>
            ?? throw new NotSupportedException(
                $"{description.Name} does not convert sound to text; a {nameof(Transcriber)} needs a model such as Whisper."
            );
        Extractor = new LogMelExtractor(features);
        if (Extractor.Settings.Bands != description.MelBands || Extractor.Settings.WindowFrames != 2 * description.SourceLength)
        {
            throw new ArgumentException(
                $"The features are {Extractor.Settings.Bands} mel bands of {Extractor.Settings.WindowFrames} frames; {description.Name} expects {description.MelBands} of {2 * description.SourceLength}.",
                nameof(features)
            );
        }

        tokenizer.CheckVocabulary(description.VocabularySize, description.Name);
        settings.Check(description.VocabularySize, description.Name);
        Tokenizer = tokenizer;
        Settings = settings;
    }

    /// <summary>The model's tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The control tokens of the model.</summary>
    public TranscriptionSettings Settings { get; }

    /// <summary>The extractor of the model's features.</summary>
    public LogMelExtractor Extractor { get; }

    /// <summary>
    /// Loads tokenizer, <c>preprocessor_config.json</c> and <c>generation_config.json</c> from a model's folder, as Hugging Face
    /// publishes it.
    /// </summary>
    /// <param name="model">The model of the folder, which is not disposed with the transcriber.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="PipelineException">A file is absent or malformed, or requests something that is not supported.</exception>
    /// <exception cref="System.IO.IOException">A file cannot be read.</exception>
    /// <inheritdoc cref="Transcriber(TransformerModel, Tokenizer, TranscriptionSettings, LogMelSettings?)"/>
    public static Transcriber Load(TransformerModel model, string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        Tokenizer tokenizer = Tokenizer.Load(folder);
        return new Transcriber(model, tokenizer, TranscriptionSettings.Load(folder, tokenizer), LogMelSettings.Load(folder));
    }

    /// <summary>Transcribes a sound.</summary>
    /// <param name="sound">The sound, of any sample rate and length.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives the new segments after each window; null for none.</param>
    /// <param name="cancellationToken">Cancels the call before the next token.</param>
    /// <exception cref="ArgumentException">An option is out of its range or not supported by the model.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The transcriber or the model is disposed.</exception>
    public Transcript Transcribe(
        Waveform sound,
        TranscriberOptions? options = null,
        IProgress<TranscriptProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(sound);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        var plan = new TranscriptionPlan(Settings, options ?? new TranscriberOptions(), _model.Description);
        ISequenceToSequenceSession<LogMelInput> session = Interlocked.Exchange(ref _kept, null) ?? _model.CreateSession();
        try
        {
            return Run(session, sound, plan, progress, cancellationToken);
        }
        finally
        {
            Keep(session);
        }
    }

    /// <summary>Transcribes sounds, one after another.</summary>
    /// <param name="sounds">The sounds, of any sample rates and lengths.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives the number of sounds after each sound; null for none.</param>
    /// <param name="cancellationToken">Cancels the call before the next token.</param>
    /// <inheritdoc cref="Transcribe(Waveform, TranscriberOptions?, IProgress{TranscriptProgress}?, CancellationToken)"/>
    public Transcript[] Transcribe(
        IReadOnlyList<Waveform> sounds,
        TranscriberOptions? options = null,
        IProgress<PipelineProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(sounds);
        var result = new Transcript[sounds.Count];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = Transcribe(sounds[i], options, null, cancellationToken);
            progress?.Report(new PipelineProgress(i + 1, result.Length));
        }

        return result;
    }

    /// <summary>Releases the kept session. The model is not disposed.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _disposed, 1);
        Interlocked.Exchange(ref _kept, null)?.Dispose();
    }

    private Transcript Run(
        ISequenceToSequenceSession<LogMelInput> session,
        Waveform sound,
        TranscriptionPlan plan,
        IProgress<TranscriptProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        LogMelSettings features = Extractor.Settings;
        cancellationToken.ThrowIfCancellationRequested();
        LogMelSpectrogram spectrogram = Extractor.ExtractWhole(sound.Resample(features.SampleRate).Samples.Span);
        var window = new float[features.Bands * features.WindowFrames];
        var decoder = new WindowDecoder(session, plan);
        var parts = new List<WindowSegment>();
        var segments = new List<TranscriptSegment>();
        var text = new List<int>();
        TimeSpan Time(int frame) => new((long)frame * features.HopLength * TimeSpan.TicksPerSecond / features.SampleRate);
        for (int frame = 0; frame < spectrogram.Content; )
        {
            spectrogram.CopyWindow(frame, window);
            ReadOnlySpan<int> tokens = decoder.Run(window, cancellationToken);
            int length = Math.Min(features.WindowFrames, spectrogram.Content - frame);
            parts.Clear();
            int advance = length;
            if (plan.HasTimestamps)
            {
                advance = WindowTokens.Divide(tokens, Settings, length, parts);
            }
            else
            {
                parts.Add(WindowTokens.Whole(tokens, Settings, length));
            }

            int reported = segments.Count;
            foreach (WindowSegment part in parts)
            {
                string words = Tokenizer.Decode(part.Tokens);
                if (part.End > part.Start && words.AsSpan().Trim().Length > 0)
                {
                    text.AddRange(part.Tokens);
                    segments.Add(
                        new TranscriptSegment(Time(frame + 2 * part.Start), Time(frame + 2 * part.End), words.Trim(), part.Tokens)
                    );
                }
            }

            frame += advance;
            progress?.Report(
                new TranscriptProgress(
                    Time(Math.Min(frame, spectrogram.Content)),
                    Time(spectrogram.Content),
                    segments.GetRange(reported, segments.Count - reported)
                )
            );
        }

        return new Transcript(Tokenizer.Decode([.. text]).Trim(), segments, plan.Language);
    }

    private void Keep(ISequenceToSequenceSession<LogMelInput> session)
    {
        Interlocked.Exchange(ref _kept, session)?.Dispose();
        if (Volatile.Read(ref _disposed) != 0)
        {
            Interlocked.Exchange(ref _kept, null)?.Dispose();
        }
    }
}

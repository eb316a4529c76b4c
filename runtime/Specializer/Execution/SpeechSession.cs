using System;
using System.Threading;

namespace Specializer;

/// <summary>One piece of sound and the sequences that are decoded from it.</summary>
/// <remarks><inheritdoc/></remarks>
public abstract unsafe class SpeechSession : SequenceToSequenceSession
{
    /// <summary>The frames of sound that become one position.</summary>
    private const int FramesPerPosition = 2;

    /// <summary>Allocates a session. Called by generated code.</summary>
    /// <param name="model">The model that owns the weights.</param>
    /// <param name="sequences">How many sequences can be decoded together.</param>
    /// <param name="memoryBytes">The bytes of caches and activations for one sequence.</param>
    /// <param name="sequenceBytes">The bytes of every further sequence.</param>
    /// <param name="logitsRows">The number of positions whose logits are computed together.</param>
    /// <param name="logitsRowStride">The floats from one position's logits to the next, a multiple of 16.</param>
    /// <param name="sourceHiddenOffset">Where the encoder's output lies, in floats.</param>
    /// <param name="sourceHiddenStride">The floats from one position's output to the next.</param>
    protected SpeechSession(
        SpeechModel model,
        int sequences,
        long memoryBytes,
        long sequenceBytes,
        int logitsRows,
        int logitsRowStride,
        long sourceHiddenOffset,
        int sourceHiddenStride
    )
        : base(model, sequences, memoryBytes, sequenceBytes, logitsRows, logitsRowStride, sourceHiddenOffset, sourceHiddenStride) { }

    /// <summary>The log-mel spectrogram in work, [mel bands][<see cref="Frames"/>].</summary>
    [CLSCompliant(false)]
    protected float* Features { get; private set; }

    /// <summary>The frames of the sound in work.</summary>
    protected int Frames { get; private set; }

    /// <summary>Encodes a log-mel spectrogram and forgets the one before, and every sequence decoded from it.</summary>
    /// <param name="features">
    /// The spectrogram as the model was trained on it, [<see cref="SourceDescription.MelBands"/>, frames]: all frames of the
    /// first band, then those of the next. At least one frame and at most twice <see cref="SequenceToSequenceSession.SourceLength"/>;
    /// two frames are one position. Whisper itself was trained on 3,000 frames, 30 seconds, filled up with silence.
    /// </param>
    /// <param name="cancellationToken">Checked before the source is computed.</param>
    /// <exception cref="ArgumentException">There is no frame, the features are no whole number of frames, or there are too many.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled; the session is as before.</exception>
    /// <exception cref="InvalidOperationException">Another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    public void Encode(ReadOnlySpan<float> features, CancellationToken cancellationToken = default)
    {
        Enter();
        try
        {
            ThrowIfModelIsDisposed();
            int frames = CountFrames(features);
            cancellationToken.ThrowIfCancellationRequested();
            Hold();
            fixed (float* first = features)
            {
                Features = first;
                Frames = frames;
                EncodeSource((frames + FramesPerPosition - 1) / FramesPerPosition);
            }
        }
        finally
        {
            Features = null;
            Release();
            Leave();
        }
    }

    private int CountFrames(ReadOnlySpan<float> features)
    {
        int bands = Source.MelBands,
            most = FramesPerPosition * Source.Length;
        if (features.IsEmpty || features.Length % bands != 0)
        {
            throw new ArgumentException(
                $"There are {features.Length} features; {Description.Name} takes frames of {bands} mel bands, so give one or several times as many.",
                nameof(features)
            );
        }

        int frames = features.Length / bands;
        return frames <= most
            ? frames
            : throw new ArgumentException(
                $"There are {frames} frames of sound; {Description.Name} encodes at most {most}. Cut the sound into pieces.",
                nameof(features)
            );
    }
}

using System;
using System.Threading;

namespace Specializer.CompilerServices;

/// <content>The source: it is checked, pinned and encoded.</content>
public abstract unsafe partial class SequenceToSequenceEngine
{
    /// <summary>The frames of sound that become one position.</summary>
    private const int FramesPerPosition = 2;

    /// <summary>Gets whether the current work is the encoder's.</summary>
    protected bool IsEncoding { get; private set; }

    /// <summary>Gets the tokens of the current source, <see cref="SessionEngine.Length"/> of them.</summary>
    [CLSCompliant(false)]
    protected int* SourceTokens { get; private set; }

    /// <summary>Encodes a source of tokens, for <see cref="ISequenceToSequenceSession{TInput}"/>.</summary>
    /// <param name="source">The source: one sequence of tokens.</param>
    /// <param name="cancellationToken">Checked before the source is computed.</param>
    /// <exception cref="ArgumentException">The input is more than one sequence, or has token types, a mask or global tokens.</exception>
    protected void EncodeSource(TokenInput source, CancellationToken cancellationToken)
    {
        EncoderArguments.CheckPlain(Description, source, nameof(source));
        EncodeSource(source.Tokens, cancellationToken);
    }

    /// <summary>Encodes a source of tokens, for <see cref="ISequenceToSequenceSession{TInput}"/>.</summary>
    /// <param name="source">The tokens of the source.</param>
    /// <param name="cancellationToken">Checked before the source is computed.</param>
    protected void EncodeSource(ReadOnlySpan<int> source, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            ThrowIfModelIsDisposed();
            Check(source);
            cancellationToken.ThrowIfCancellationRequested();
            Hold();
            fixed (int* tokens = source)
            {
                SourceTokens = tokens;
                ComputeSource(source.Length);
            }
        }
        finally
        {
            SourceTokens = null;
            Release();
            Leave();
        }
    }

    /// <summary>Encodes a log-mel spectrogram, for <see cref="ISequenceToSequenceSession{TInput}"/>.</summary>
    /// <param name="source">The spectrogram.</param>
    /// <param name="cancellationToken">Checked before the source is computed.</param>
    protected void EncodeSource(LogMelInput source, CancellationToken cancellationToken)
    {
        ReadOnlySpan<float> features = source.Features;
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
                ComputeSource((frames + FramesPerPosition - 1) / FramesPerPosition);
            }
        }
        finally
        {
            Features = null;
            Release();
            Leave();
        }
    }

    /// <summary>Computes a source that is checked and pinned, within a call.</summary>
    /// <param name="length">The positions of the source.</param>
    private void ComputeSource(int length)
    {
        EncodedLength = 0;
        Forget();
        Length = length;
        IsEncoding = true;
        try
        {
            Compute();
        }
        finally
        {
            IsEncoding = false;
        }

        EncodedLength = length;
    }

    private void Check(ReadOnlySpan<int> source)
    {
        if (source.IsEmpty)
        {
            throw new ArgumentException("The source has no tokens; give at least one.", nameof(source));
        }

        if (source.Length > Description.SourceLength)
        {
            throw new ArgumentException(
                $"The source has {source.Length} tokens; {Description.Name} encodes at most {Description.SourceLength}.",
                nameof(source)
            );
        }

        for (int i = 0; i < source.Length; i++)
        {
            if ((uint)source[i] >= (uint)Description.SourceVocabularySize)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(source),
                    source[i],
                    $"Token {i} of the source is {source[i]}; {Description.Name} has a vocabulary of {Description.SourceVocabularySize} for sources, so token ids are 0 to {Description.SourceVocabularySize - 1}."
                );
            }
        }
    }

    private int CountFrames(ReadOnlySpan<float> features)
    {
        int bands = Description.MelBands,
            most = FramesPerPosition * Description.SourceLength;
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

using System;
using System.Buffers;
using Specializer.Text.Models;
using Specializer.Text.Normalizers;
using Specializer.Text.PreTokenizers;

namespace Specializer.Text.Pipeline;

/// <summary>Converts text to tokens: added tokens, normalizer, pre-tokenizer, model.</summary>
internal sealed class TextPipeline
{
    private readonly INormalizer? _normalizer;
    private readonly IPreTokenizer? _preTokenizer;
    private readonly ITokenModel _model;
    private readonly bool _needsOrigins;

    public TextPipeline(INormalizer? normalizer, IPreTokenizer? preTokenizer, ITokenModel model, AddedVocabulary added)
    {
        _normalizer = normalizer;
        (_preTokenizer, _model) = UseRawBytes(preTokenizer, model);
        Added = added;
        Control = new ControlTokens(added, model.Vocabulary);
        _needsOrigins = AsksForOrigin(preTokenizer);
    }

    public AddedVocabulary Added { get; }

    /// <summary>The tokens that text from users must not yield.</summary>
    public ControlTokens Control { get; }

    /// <summary>Whether the text of a token is the text that it represents.</summary>
    public bool TokensAreTheirText => _model.TokensAreTheirText;

    /// <summary>Splits the text into the workspace's pieces.</summary>
    /// <exception cref="ArgumentException">The text has a lone surrogate.</exception>
    public void Split(ReadOnlySpan<char> text, Workspace workspace, bool tracked, Recognition recognition)
    {
        PieceList pieces = workspace.Pieces;
        tracked |= _needsOrigins || recognition.IsByRange;
        pieces.Clear(tracked: false);
        ReadUtf16(text, pieces.Text);
        if (tracked)
        {
            pieces.Text.TrackIdentity();
        }

        Added.Raw.Split(pieces, 0, pieces.Text.Length, recognition);
        pieces.EndSplit();
        if (_normalizer is not null)
        {
            Normalize(workspace, recognition);
        }
        else if (!Added.Normalized.IsEmpty)
        {
            FindNormalized(pieces, recognition);
        }

        _preTokenizer?.Split(pieces);
        if (recognition != Recognition.Everywhere)
        {
            Control.Cut(pieces, recognition);
        }
    }

    /// <summary>Appends the tokens of a piece.</summary>
    public void Tokenize(Piece piece, Workspace workspace)
    {
        if (piece.IsToken)
        {
            workspace.Tokens.Add(piece.Token, 0, 0);
        }
        else
        {
            _model.Tokenize(workspace.Pieces.BytesOf(piece), workspace.Tokens, workspace.Scratch);
        }
    }

    private static void ReadUtf16(ReadOnlySpan<char> text, TextBuffer target)
    {
        int most = (int)Math.Min(Array.MaxLength, 3L * text.Length);
        Span<byte> bytes = target.Reserve(text.Length <= 4096 ? most : System.Text.Encoding.UTF8.GetByteCount(text));
        OperationStatus status = System.Text.Unicode.Utf8.FromUtf16(
            text,
            bytes,
            out int read,
            out int written,
            replaceInvalidSequences: false
        );
        if (status != OperationStatus.Done)
        {
            throw new ArgumentException($"The text contains a lone surrogate at index {read}, so it is not valid UTF-16.", nameof(text));
        }

        target.Advance(written);
    }

    private static void FindNormalized(PieceList pieces, Recognition recognition, AddedTokenFinder finder)
    {
        foreach (Piece piece in pieces.Pieces)
        {
            if (piece.IsToken)
            {
                pieces.AddPiece(piece);
            }
            else
            {
                finder.Split(pieces, piece.Start, piece.End, recognition);
            }
        }

        pieces.EndSplit();
    }

    private void FindNormalized(PieceList pieces, Recognition recognition) => FindNormalized(pieces, recognition, Added.Normalized);

    private void Normalize(Workspace workspace, Recognition recognition)
    {
        PieceList pieces = workspace.Pieces;
        NormalizedText text = workspace.Normalized;
        pieces.BeginRewrite();
        foreach (Piece piece in pieces.Pieces)
        {
            if (piece.IsToken)
            {
                pieces.AddPiece(piece);
                continue;
            }

            text.Set(pieces.Text, piece.Start, piece.End);
            _normalizer!.Normalize(text);
            int start = pieces.Target.Length;
            pieces.Target.Append(text.Buffer, 0, text.Buffer.Length);

            // As in the library, a whole text is sliced, too, so that its origin is that of its first byte.
            pieces.AddRewritten(start, start < pieces.Target.Length ? pieces.Target.OriginalStart(start) : 0);
        }

        pieces.EndRewrite();
        if (!Added.Normalized.IsEmpty)
        {
            FindNormalized(pieces, recognition);
        }
    }

    // A byte-level model at the end of the pipeline reads raw bytes, so the byte alphabet is not written only to be looked up.
    private static (IPreTokenizer?, ITokenModel) UseRawBytes(IPreTokenizer? preTokenizer, ITokenModel model)
    {
        if (model is not BpeModel bpe)
        {
            return (preTokenizer, model);
        }

        switch (preTokenizer)
        {
            case ByteLevelPreTokenizer byteLevel when bpe.OverRawBytes() is { } raw:
                return (byteLevel.WithoutMapping(), raw);
            case PreTokenizerSequence { Steps: [.., ByteLevelPreTokenizer last] } sequence
                when IsOnlyByteLevel(sequence) && bpe.OverRawBytes() is { } raw:
                return (new PreTokenizerSequence([.. sequence.Steps[..^1], last.WithoutMapping()]), raw);
            default:
                return (preTokenizer, model);
        }
    }

    private static bool IsOnlyByteLevel(PreTokenizerSequence sequence)
    {
        foreach (IPreTokenizer step in sequence.Steps.AsSpan(0, sequence.Steps.Length - 1))
        {
            if (step is ByteLevelPreTokenizer or PreTokenizerSequence)
            {
                return false;
            }
        }

        return true;
    }

    private static bool AsksForOrigin(IPreTokenizer? preTokenizer) =>
        preTokenizer switch
        {
            MetaspacePreTokenizer metaspace => metaspace.AsksForOrigin,
            PreTokenizerSequence sequence => Array.Exists(sequence.Steps, AsksForOrigin),
            _ => false,
        };
}

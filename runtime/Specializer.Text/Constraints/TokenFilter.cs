using System;
using Specializer.Text.Constraints;

namespace Specializer.Text;

/// <summary>
/// The tokens that can follow in a text of an <see cref="OutputConstraint"/>. Any token that it allows can be continued to a whole
/// text, as far as the vocabulary has tokens for single bytes. This class is not thread-safe; several filters of one constraint can
/// be used at the same time.
/// </summary>
public sealed class TokenFilter
{
    private readonly MaskSource _source;
    private TokenMasks _masks;
    private int _state;
    private bool _isFirst;

    internal TokenFilter(MaskSource source)
    {
        _source = source;
        _masks = source.Current;
        Reset();
    }

    /// <summary>The length of a mask in words of 64 bits, for the tokenizer's vocabulary.</summary>
    public int MaskLength => _masks.MaskLength;

    /// <summary>Whether the text so far is a whole text.</summary>
    public bool CanEnd
    {
        get
        {
            lock (_masks)
            {
                return _masks.States.CanEnd(_state);
            }
        }
    }

    /// <summary>Whether the text so far is a whole text that nothing can follow.</summary>
    public bool MustEnd
    {
        get
        {
            lock (_masks)
            {
                return _masks.States.MustEnd(_state);
            }
        }
    }

    /// <summary>Writes the allowed tokens.</summary>
    /// <param name="mask">
    /// The mask, [at least <see cref="MaskLength"/>]. Bit t % 64 of word t / 64 is set if token t is allowed, otherwise cleared; words
    /// beyond are cleared. Control tokens are not allowed; end tokens are for the caller to allow if <see cref="CanEnd"/>.
    /// </param>
    /// <exception cref="ArgumentException">The mask is too short.</exception>
    /// <exception cref="ConstraintException">The constraint is too ambiguous.</exception>
    public void WriteMask(Span<ulong> mask)
    {
        if (mask.Length < MaskLength)
        {
            throw new ArgumentException(
                $"Found a mask of {mask.Length} words; a vocabulary of {_source.Text.Trie.VocabularySize} tokens needs {MaskLength}.",
                nameof(mask)
            );
        }

        Renew();
        lock (_masks)
        {
            _masks.Mask(_state).CopyTo(mask);
        }

        mask[MaskLength..].Clear();
        if (_isFirst)
        {
            foreach (int token in _source.Text.NotFirst)
            {
                mask[token / 64] &= ~(1UL << (token % 64));
            }
        }
    }

    /// <summary>Adds a token to the text.</summary>
    /// <param name="token">The token.</param>
    /// <returns>False if the token is not allowed; the text is unchanged then.</returns>
    /// <exception cref="ConstraintException">The constraint is too ambiguous.</exception>
    public bool TryAccept(int token)
    {
        ReadOnlySpan<byte> bytes = _source.Text.BytesOf(token);
        if (bytes.IsEmpty || _isFirst && _source.Text.NotFirst.AsSpan().Contains(token))
        {
            return false;
        }

        Renew();
        lock (_masks)
        {
            int state = _state;
            foreach (byte value in bytes)
            {
                state = _masks.States.Next(state, value);
                if (state == TextStates.Dead)
                {
                    return false;
                }
            }

            _state = state;
        }

        _isFirst = false;
        return true;
    }

    /// <summary>Returns to the start of the text.</summary>
    public void Reset()
    {
        lock (_masks)
        {
            _state = _masks.States.Start;
        }

        _isFirst = true;
    }

    /// <summary>Creates a filter at the same position.</summary>
    public TokenFilter Clone() =>
        new(_source)
        {
            _masks = _masks,
            _state = _state,
            _isFirst = _isFirst,
        };

    private void Renew()
    {
        bool full;
        lock (_masks)
        {
            full = _masks.AreFull;
        }

        if (full)
        {
            _masks = _source.Renew(_masks, ref _state);
        }
    }
}

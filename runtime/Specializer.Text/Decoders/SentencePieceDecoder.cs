using System;
using System.Buffers;
using System.Globalization;
using System.Text;
using Specializer.Text.Constraints;

namespace Specializer.Text.Decoders;

/// <summary>
/// SentencePiece's decoding: replaces U+2581 by spaces except in the dummy prefix, decodes bytes, and marks unknown text.
/// </summary>
internal sealed class SentencePieceDecoder(string unknown, string unknownSurface, bool stripFirst, bool stripAllFirst) : IDecoder
{
    private readonly byte[] _unknown = Encoding.UTF8.GetBytes(unknown);
    private readonly byte[] _unknownSurface = Encoding.UTF8.GetBytes(unknownSurface);

    public DecoderStage CreateStage(DecoderStage next) => new Stage(this, next);

    public bool TryAddByteSteps(TokenByteSteps steps)
    {
        steps.AddExact(static token => TryParseByte(token, out byte value) ? [value] : null);
        steps.AddReplacement([.. "\u2581"u8], [(byte)' ']);
        steps.DropsFirstSpace |= stripFirst;
        return !steps.IsFused;
    }

    private static bool TryParseByte(ReadOnlySpan<byte> token, out byte value)
    {
        value = 0;
        return token.Length == 6
            && token.StartsWith("<0x"u8)
            && token[5] == '>'
            && byte.TryParse(token[3..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private sealed class Stage(SentencePieceDecoder owner, DecoderStage next) : TokenStage(next)
    {
        private static readonly byte[] s_space = "\u2581"u8.ToArray();
        private readonly ByteQueue _bytes = new();
        private readonly bool _stripFirst = owner.StripFirst;
        private bool _sawPrefix;
        private bool _hasText;

        protected override void WriteToken(ReadOnlySpan<byte> token)
        {
            if (TryParseByte(token, out byte value))
            {
                _bytes.Append([value]);
                FlushBytes(isEnd: false);
                return;
            }

            FlushBytes(isEnd: true);
            bool atStart = !_sawPrefix && !_hasText;
            _sawPrefix = false;
            if (token.SequenceEqual(owner._unknown))
            {
                Emit(owner._unknownSurface);
                return;
            }

            if (atStart && _stripFirst && token.StartsWith(s_space))
            {
                token = token[s_space.Length..];
                _sawPrefix = !owner.StripAllFirst;
            }

            for (int index = token.IndexOf(s_space); index >= 0; index = token.IndexOf(s_space))
            {
                Emit(token[..index]);
                Emit(" "u8);
                token = token[(index + s_space.Length)..];
            }

            Emit(token);
        }

        public override void Complete()
        {
            FlushBytes(isEnd: true);
            base.Complete();
        }

        public override void Reset()
        {
            _bytes.Clear();
            _sawPrefix = false;
            _hasText = false;
            base.Reset();
        }

        // Each byte that starts no valid character becomes a U+FFFD of its own.
        private void FlushBytes(bool isEnd)
        {
            ReadOnlySpan<byte> rest = _bytes.Bytes;
            int total = rest.Length;
            while (!rest.IsEmpty)
            {
                OperationStatus status = Rune.DecodeFromUtf8(rest, out _, out int length);
                if (status == OperationStatus.NeedMoreData && !isEnd)
                {
                    break;
                }

                if (status == OperationStatus.Done)
                {
                    Emit(rest[..length]);
                    rest = rest[length..];
                }
                else
                {
                    Emit("\uFFFD"u8);
                    rest = rest[1..];
                }
            }

            _bytes.Remove(total - rest.Length);
        }

        private void Emit(ReadOnlySpan<byte> text)
        {
            _hasText |= !text.IsEmpty;
            Next.Write(text);
        }
    }

    private bool StripFirst => stripFirst;

    private bool StripAllFirst => stripAllFirst;
}

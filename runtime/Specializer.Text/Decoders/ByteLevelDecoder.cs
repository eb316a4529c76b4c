using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using Specializer.Text.Constraints;
using Specializer.Text.Unicode;

namespace Specializer.Text.Decoders;

/// <summary>ByteLevel: converts characters to the bytes that they represent, as UTF-8; invalid bytes become U+FFFD.</summary>
internal sealed class ByteLevelDecoder : IDecoder
{
    public DecoderStage CreateStage(DecoderStage next) => new Stage(next);

    public bool TryAddByteSteps(TokenByteSteps steps)
    {
        steps.Add(BytesOf);
        return !steps.IsFused;
    }

    // A token with any character that represents no byte represents itself.
    private static byte[] BytesOf(byte[] token)
    {
        var bytes = new List<byte>(token.Length);
        for (int index = 0; index < token.Length; )
        {
            int value = ByteAlphabet.ToByte(Scalars.Decode(token, index, out int length));
            if (value < 0)
            {
                return token;
            }

            bytes.Add((byte)value);
            index += length;
        }

        return [.. bytes];
    }

    private sealed class Stage(DecoderStage next) : TokenStage(next)
    {
        private readonly ByteQueue _pending = new();

        protected override void WriteToken(ReadOnlySpan<byte> token)
        {
            Span<byte> bytes = token.Length <= 256 ? stackalloc byte[token.Length] : new byte[token.Length];
            int count = 0;
            for (int index = 0; index < token.Length; )
            {
                int value = ByteAlphabet.ToByte(Scalars.Decode(token, index, out int length));
                if (value < 0)
                {
                    // A token with any other character represents itself.
                    _pending.Append(token);
                    Flush(isEnd: false);
                    return;
                }

                bytes[count++] = (byte)value;
                index += length;
            }

            _pending.Append(bytes[..count]);
            Flush(isEnd: false);
        }

        public override void Complete()
        {
            Flush(isEnd: true);
            Next.EndToken();
            Next.Complete();
        }

        public override void Reset()
        {
            _pending.Clear();
            base.Reset();
        }

        private void Flush(bool isEnd)
        {
            ReadOnlySpan<byte> bytes = _pending.Bytes;
            int index = 0,
                written = 0;
            while (index < bytes.Length)
            {
                OperationStatus status = Rune.DecodeFromUtf8(bytes[index..], out _, out int length);
                if (status == OperationStatus.NeedMoreData && !isEnd)
                {
                    break;
                }

                if (status != OperationStatus.Done)
                {
                    Next.Write(bytes[written..index]);
                    Next.Write("\uFFFD"u8);
                    written = index + length;
                }

                index += length;
            }

            Next.Write(bytes[written..index]);
            _pending.Remove(index);
        }
    }
}

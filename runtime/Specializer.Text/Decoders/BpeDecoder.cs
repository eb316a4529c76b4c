using System;
using System.Text;

namespace Specializer.Text.Decoders;

/// <summary>BPEDecoder: replaces the suffix of words by a space, except after the last token.</summary>
internal sealed class BpeDecoder(string suffix) : IDecoder
{
    private readonly byte[] _suffix = Encoding.UTF8.GetBytes(suffix);

    public DecoderStage CreateStage(DecoderStage next) => new Stage(_suffix, next);

    private sealed class Stage(byte[] suffix, DecoderStage next) : TokenStage(next)
    {
        private readonly ByteQueue _held = new();
        private bool _holds;

        // A token is held back until it is certain that it is not the last.
        protected override void WriteToken(ReadOnlySpan<byte> token)
        {
            Release(" "u8);
            _held.Append(token);
            _holds = true;
        }

        public override void Complete()
        {
            Release(default);
            Next.Complete();
        }

        public override void Reset()
        {
            _held.Clear();
            _holds = false;
            base.Reset();
        }

        private void Release(ReadOnlySpan<byte> replacement)
        {
            if (!_holds)
            {
                return;
            }

            ReadOnlySpan<byte> rest = _held.Bytes;
            for (int index = rest.IndexOf(suffix); index >= 0; index = rest.IndexOf(suffix))
            {
                Next.Write(rest[..index]);
                Next.Write(replacement);
                rest = rest[(index + suffix.Length)..];
            }

            Pass(rest);
            _held.Clear();
            _holds = false;
        }
    }
}

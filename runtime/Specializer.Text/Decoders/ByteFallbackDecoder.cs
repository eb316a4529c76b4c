using System;
using System.Globalization;
using Specializer.Text.Constraints;

namespace Specializer.Text.Decoders;

/// <summary>ByteFallback: a run of tokens such as &lt;0xE4&gt; becomes the text of its bytes, or U+FFFD for each if they are not valid UTF-8.</summary>
internal sealed class ByteFallbackDecoder : IDecoder
{
    public DecoderStage CreateStage(DecoderStage next) => new Stage(next);

    public bool TryAddByteSteps(TokenByteSteps steps)
    {
        steps.AddExact(static token => TryParse(token, out byte value) ? [value] : null);
        return !steps.IsFused;
    }

    private static bool TryParse(ReadOnlySpan<byte> token, out byte value)
    {
        value = 0;
        if (token.Length != 6 || !token.StartsWith("<0x"u8) || token[5] != '>')
        {
            return false;
        }

        // Rust's parser takes a plus sign.
        ReadOnlySpan<byte> digits = token[3] == '+' ? token[4..5] : token[3..5];
        return byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private sealed class Stage(DecoderStage next) : TokenStage(next)
    {
        private readonly ByteQueue _run = new();

        protected override void WriteToken(ReadOnlySpan<byte> token)
        {
            if (TryParse(token, out byte value))
            {
                _run.Append([value]);
                return;
            }

            Flush();
            Pass(token);
        }

        public override void Complete()
        {
            Flush();
            Next.Complete();
        }

        public override void Reset()
        {
            _run.Clear();
            base.Reset();
        }

        // Whether the bytes are valid is certain only at the end of the run.
        private void Flush()
        {
            ReadOnlySpan<byte> bytes = _run.Bytes;
            if (bytes.IsEmpty)
            {
                return;
            }

            if (System.Text.Unicode.Utf8.IsValid(bytes))
            {
                Pass(bytes);
            }
            else
            {
                for (int i = 0; i < bytes.Length; i++)
                {
                    Pass("\uFFFD"u8);
                }
            }

            _run.Clear();
        }
    }
}

using System;
using System.Text;

namespace Specializer.Text.Decoders;

/// <summary>
/// CTC (Graves and others, 2006): merges repeated tokens, removes blanks, and replaces the word delimiter by a space.
/// </summary>
internal sealed class CtcDecoder(string padToken, string wordDelimiter, bool cleanup) : IDecoder
{
    public DecoderStage CreateStage(DecoderStage next) => new Stage(padToken, wordDelimiter, cleanup, next);

    private sealed class Stage(string padToken, string wordDelimiter, bool cleanup, DecoderStage next) : TokenStage(next)
    {
        private readonly ByteQueue _last = new();
        private bool _hasLast;

        protected override void WriteToken(ReadOnlySpan<byte> token)
        {
            if (_hasLast && _last.Bytes.SequenceEqual(token))
            {
                return;
            }

            _last.Clear();
            _last.Append(token);
            _hasLast = true;
            string text = Encoding.UTF8.GetString(token);
            text = padToken.Length == 0 ? text : text.Replace(padToken, "", StringComparison.Ordinal);
            if (cleanup)
            {
                text = Cleanup.Apply(text).Replace(wordDelimiter, " ", StringComparison.Ordinal);
            }

            if (text.Length > 0)
            {
                Pass(Encoding.UTF8.GetBytes(text));
            }
        }

        public override void Reset()
        {
            _hasLast = false;
            base.Reset();
        }
    }
}

using System;
using System.Text;

namespace Specializer.Text.Decoders;

/// <summary>
/// WordPiece: inserts a space before each token that does not continue a word, and removes spaces before punctuation.
/// </summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanup) : IDecoder
{
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(prefix);

    public DecoderStage CreateStage(DecoderStage next) => new Stage(_prefix, cleanup, next);

    private sealed class Stage(byte[] prefix, bool cleanup, DecoderStage next) : TokenStage(next)
    {
        private readonly ByteQueue _text = new();
        private bool _isFirst = true;

        protected override void WriteToken(ReadOnlySpan<byte> token)
        {
            _text.Clear();
            if (!_isFirst)
            {
                if (token.StartsWith(prefix))
                {
                    token = token[prefix.Length..];
                }
                else
                {
                    _text.Append(" "u8);
                }
            }

            _isFirst = false;
            _text.Append(token);
            Pass(cleanup && Cleanup.Concerns(_text.Bytes) ? Cleanup.Apply(_text.Bytes) : _text.Bytes);
        }

        public override void Reset()
        {
            _isFirst = true;
            base.Reset();
        }
    }
}

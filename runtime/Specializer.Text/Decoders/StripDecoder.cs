using System;
using Specializer.Text.Constraints;
using Specializer.Text.Unicode;

namespace Specializer.Text.Decoders;

/// <summary>Strip: removes up to a given number of one character from both ends of each token.</summary>
internal sealed class StripDecoder(int content, int start, int stop) : IDecoder
{
    public DecoderStage CreateStage(DecoderStage next) =>
        stop == 0 ? new StartStage(content, start, next) : new BothStage(content, start, stop, next);

    // After the tokens are joined, only the first space of the text is stripped.
    public bool TryAddByteSteps(TokenByteSteps steps)
    {
        steps.DropsFirstSpace |= start == 1;
        return start == 0 && stop == 0 || steps.IsFused && content == ' ' && start == 1 && stop == 0;
    }

    /// <summary>The stage that strips the start only, which holds nothing back.</summary>
    private sealed class StartStage(int content, int count, DecoderStage next) : ForwardingStage(next)
    {
        private int _taken;

        public override void Write(ReadOnlySpan<byte> part)
        {
            while (_taken < count && !part.IsEmpty)
            {
                if (Scalars.Decode(part, 0, out int length) != content)
                {
                    _taken = count;
                    break;
                }

                _taken++;
                part = part[length..];
            }

            Next.Write(part);
        }

        public override void EndToken()
        {
            _taken = 0;
            base.EndToken();
        }

        public override void Reset()
        {
            _taken = 0;
            base.Reset();
        }
    }

    private sealed class BothStage(int content, int start, int stop, DecoderStage next) : TokenStage(next)
    {
        protected override void WriteToken(ReadOnlySpan<byte> token)
        {
            for (int i = 0; i < stop && !token.IsEmpty && Scalars.DecodeLast(token, token.Length, out int length) == content; i++)
            {
                token = token[..^length];
            }

            for (int i = 0; i < start && !token.IsEmpty && Scalars.Decode(token, 0, out int length) == content; i++)
            {
                token = token[length..];
            }

            Pass(token);
        }
    }
}

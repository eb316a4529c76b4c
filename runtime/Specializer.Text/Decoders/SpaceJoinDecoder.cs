using System;

namespace Specializer.Text.Decoders;

/// <summary>The library's behavior without a decoder: joins tokens with spaces.</summary>
internal sealed class SpaceJoinDecoder : IDecoder
{
    public DecoderStage CreateStage(DecoderStage next) => new Stage(next);

    private sealed class Stage(DecoderStage next) : TokenStage(next)
    {
        private bool _isFirst = true;

        protected override void WriteToken(ReadOnlySpan<byte> token)
        {
            if (!_isFirst)
            {
                Next.Write(" "u8);
            }

            _isFirst = false;
            Pass(token);
        }

        public override void Reset()
        {
            _isFirst = true;
            base.Reset();
        }
    }
}

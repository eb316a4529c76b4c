using System;

namespace Specializer.Text.Decoders;

/// <summary>Fuse: joins all tokens.</summary>
internal sealed class FuseDecoder : IDecoder
{
    public DecoderStage CreateStage(DecoderStage next) => new Stage(next);

    private sealed class Stage(DecoderStage next) : ForwardingStage(next)
    {
        public override void Write(ReadOnlySpan<byte> part) => Next.Write(part);

        public override void EndToken() { }

        public override void Complete()
        {
            Next.EndToken();
            Next.Complete();
        }
    }
}

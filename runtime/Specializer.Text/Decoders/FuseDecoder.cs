using System;
using Specializer.Text.Constraints;

namespace Specializer.Text.Decoders;

/// <summary>Fuse: joins all tokens.</summary>
internal sealed class FuseDecoder : IDecoder
{
    public DecoderStage CreateStage(DecoderStage next) => new Stage(next);

    public bool TryAddByteSteps(TokenByteSteps steps)
    {
        steps.IsFused = true;
        return true;
    }

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

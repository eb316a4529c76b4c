using Specializer.Text.Constraints;

namespace Specializer.Text.Decoders;

/// <summary>Several decoders, one after the other.</summary>
internal sealed class DecoderSequence(IDecoder[] steps) : IDecoder
{
    public DecoderStage CreateStage(DecoderStage next)
    {
        for (int i = steps.Length - 1; i >= 0; i--)
        {
            next = steps[i].CreateStage(next);
        }

        return next;
    }

    public bool TryAddByteSteps(TokenByteSteps byteSteps)
    {
        foreach (IDecoder step in steps)
        {
            if (!step.TryAddByteSteps(byteSteps))
            {
                return false;
            }
        }

        return true;
    }
}

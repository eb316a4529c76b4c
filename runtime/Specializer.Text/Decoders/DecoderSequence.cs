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
}

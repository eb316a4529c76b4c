using Specializer.Text.Pipeline;

namespace Specializer.Text.Normalizers;

/// <summary>Several normalizers, one after the other.</summary>
internal sealed class NormalizerSequence(INormalizer[] steps) : INormalizer
{
    public void Normalize(NormalizedText text)
    {
        foreach (INormalizer step in steps)
        {
            step.Normalize(text);
        }
    }
}

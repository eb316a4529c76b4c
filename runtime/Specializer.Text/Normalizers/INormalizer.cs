using Specializer.Text.Pipeline;

namespace Specializer.Text.Normalizers;

/// <summary>
/// One step of normalization. To add a normalizer: implement this in a file of its own, give it a case in
/// <see cref="Reading.NormalizerReader"/>, and draw it in the fuzzer of the tests.
/// </summary>
internal interface INormalizer
{
    /// <summary>Rewrites the text. Must be safe to call from many threads.</summary>
    void Normalize(NormalizedText text);
}

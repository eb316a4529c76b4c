using Specializer.Text.Pipeline;

namespace Specializer.Text.Normalizers;

/// <summary>
/// One step of normalization. To add a normalizer, implement this interface in a new file, add a case to
/// <see cref="Reading.NormalizerReader"/>, and draw it in the fuzzer of the tests.
/// </summary>
internal interface INormalizer
{
    /// <summary>Rewrites the text. This method must be thread-safe.</summary>
    void Normalize(NormalizedText text);
}

using System.Collections.Generic;

namespace Specializer.Text.PostProcessors;

/// <summary>
/// Adds special tokens to one or two encoded texts. To add a post-processor, implement this interface in a new file, add a case
/// to <see cref="Reading.PostProcessorReader"/>, and draw it in the fuzzer of the tests.
/// </summary>
internal interface IPostProcessor
{
    /// <summary>Returns the number of tokens that are added to one text or to two texts.</summary>
    int CountAdded(bool isPair);

    /// <summary>Changes the parts, which are then joined.</summary>
    List<TokenSequence> Process(List<TokenSequence> parts, bool addSpecialTokens);
}

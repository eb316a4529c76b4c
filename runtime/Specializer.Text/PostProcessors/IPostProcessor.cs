using System.Collections.Generic;

namespace Specializer.Text.PostProcessors;

/// <summary>
/// Frames one or two encoded texts with special tokens. To add a post-processor: implement this in a file of its own, give it a case in
/// <see cref="Reading.PostProcessorReader"/>, and draw it in the fuzzer of the tests.
/// </summary>
internal interface IPostProcessor
{
    /// <summary>How many tokens it adds to one text or to two.</summary>
    int CountAdded(bool isPair);

    /// <summary>Changes the parts, which are joined afterwards.</summary>
    List<TokenSequence> Process(List<TokenSequence> parts, bool addSpecialTokens);
}

using Specializer.Text.Constraints;

namespace Specializer.Text.Decoders;

/// <summary>
/// One step of decoding. It is implemented as a stream, so that complete and incremental decoding share the code. To add a
/// decoder, write its stage in a new file, add a case to <see cref="Reading.DecoderReader"/>, and draw it in the fuzzer.
/// </summary>
internal interface IDecoder
{
    /// <summary>Creates a stage that writes to the next one.</summary>
    DecoderStage CreateStage(DecoderStage next);

    /// <summary>Adds what this decoder makes of the bytes of single tokens; false if that depends on other tokens.</summary>
    bool TryAddByteSteps(TokenByteSteps steps) => false;
}

namespace Specializer.Text.Decoders;

/// <summary>
/// One step of decoding, written as a stream from the start, so that decoding a whole and decoding it bit by bit are the same code. To add a
/// decoder: write its stage in a file of its own, give it a case in <see cref="Reading.DecoderReader"/>, and draw it in the fuzzer.
/// </summary>
internal interface IDecoder
{
    /// <summary>A stage that writes to the next one.</summary>
    DecoderStage CreateStage(DecoderStage next);
}

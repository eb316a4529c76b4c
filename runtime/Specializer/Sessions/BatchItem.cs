using System;

namespace Specializer;

/// <summary>The tokens of a session in a step of a <see cref="DecoderBatch"/>.</summary>
/// <param name="Session">The session, of the batch's model.</param>
/// <param name="Tokens">The next tokens of its sequence, at least one: the last token of a decoder, or a slice of a prompt.</param>
/// <param name="NeedsLogits">
/// Whether the logits after the last of the tokens are computed. A slice of a prompt before its end does not need them.
/// </param>
public readonly record struct BatchItem(IDecoderSession Session, ReadOnlyMemory<int> Tokens, bool NeedsLogits = true);

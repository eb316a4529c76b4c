using System;

namespace Specializer;

/// <summary>Receives hidden states while a session computes them, on the thread of the caller.</summary>
/// <param name="layer">0 for the embeddings, i for the output of the i-th layer (before any final norm).</param>
/// <param name="position">The position in the sequence, from 0.</param>
/// <param name="hiddenState">The hidden state, d_model values; valid during the call only.</param>
public delegate void HiddenStateObserver(int layer, int position, ReadOnlySpan<float> hiddenState);

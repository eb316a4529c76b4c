namespace Specializer;

/// <summary>Which two elements of a head rotary positions turn together.</summary>
public enum RotaryPairing
{
    /// <summary>Element i with element i + half the rotary width: the layout of Hugging Face checkpoints (LLaMA, NeoX).</summary>
    HalfSplit,

    /// <summary>Element 2i with element 2i + 1: as in the paper (Su et al. 2021) and in GPT-J.</summary>
    Interleaved,
}

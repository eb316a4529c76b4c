namespace Specializer.Oracle;

/// <summary>Which features of a head a rotary embedding rotates together.</summary>
public enum OraclePairing
{
    /// <summary>Feature i with feature i + d/2, as in GPT-NeoX and the Hugging Face LLaMA.</summary>
    HalfSplit,

    /// <summary>Feature 2i with feature 2i + 1, as in the paper, GPT-J and the original LLaMA.</summary>
    Interleaved,
}

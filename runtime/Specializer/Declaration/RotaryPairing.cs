#if GENERATOR
namespace Specializer.Generator.Architecture;

#else
namespace Specializer;

#endif

/// <summary>Specifies the pairs of elements of a head that rotary positions rotate together.</summary>
#if GENERATOR
internal
#else
public
#endif
enum RotaryPairing
{
    /// <summary>Element i and element i + half the rotary dimension, the layout of Hugging Face checkpoints (LLaMA, NeoX).</summary>
    HalfSplit,

    /// <summary>Element 2i and element 2i + 1, as in the paper (Su et al. 2021) and in GPT-J.</summary>
    Interleaved,
}

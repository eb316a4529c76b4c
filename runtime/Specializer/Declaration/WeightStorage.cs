using System.Diagnostics.CodeAnalysis;

#if GENERATOR
namespace Specializer.Generator.Architecture;

#else
namespace Specializer;

#endif

/// <summary>
/// Specifies the type in which a model stores the weights of its linear layers in memory. All arithmetic uses 32-bit floats,
/// except for the products of integers. Biases, norms and separate embeddings are always 32 bits wide.
/// </summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The members are the types themselves.")]
#if GENERATOR
internal
#else
public
#endif
enum WeightStorage
{
    /// <summary>32 bits, 4 bytes per weight: exact for checkpoints of any type.</summary>
    Float32,

    /// <summary>
    /// bfloat16, 2 bytes per weight: the range of a float with 8 bits of precision. Exact for checkpoints of that type
    /// (<c>torch_dtype</c> "bfloat16"). Other weights are rounded to nearest, ties to even.
    /// </summary>
    BFloat16,

    /// <summary>
    /// IEEE 754 half precision, 2 bytes per weight: 11 bits of precision up to 65,504. Exact for checkpoints of that type. Other
    /// weights are rounded to nearest, ties to even; loading a larger weight is an error.
    /// </summary>
    Float16,

    /// <summary>
    /// 8-bit integers, 8.5 bits per weight. The inputs of an output form blocks of 32, each with a scale s = max|weight| / 127 in
    /// half precision. A weight is s · q with q from −127 to 127, to nearest, ties to even. The inputs of each linear layer are
    /// rounded in the same way, with scales in 32 bits. Sums of a block are exact, so threads and chunks never change a result.
    /// </summary>
    Int8,

    /// <summary>
    /// 4-bit integers, 4.5 bits per weight. Blocks of 32 inputs of an output have a scale s in half precision. A weight is s · q with q
    /// from −8 to 7. Loading searches for the scale with the least sum of squared errors. The inputs of each linear layer are rounded
    /// as with <see cref="Int8"/>.
    /// </summary>
    Int4,

    /// <summary>
    /// 4-bit integers with a minimum, 5 bits per weight. Blocks of 32 inputs of an output have a scale s and a minimum m in half
    /// precision. A weight is s · q + m with q from 0 to 15. Loading searches for the pair with the least sum of squared errors. The
    /// inputs of each linear layer are rounded as with <see cref="Int8"/>.
    /// </summary>
    UInt4,
}

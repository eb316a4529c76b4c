using System.Diagnostics.CodeAnalysis;

namespace Specializer;

/// <summary>
/// The type in which a model holds the weights of its linear layers in memory. Whatever it is, all arithmetic is in
/// 32-bit floats; biases, norms and embeddings of their own stay 32 bits wide.
/// </summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The members are the types themselves.")]
public enum WeightStorage
{
    /// <summary>32 bits, 4 bytes a weight: exactly what a checkpoint of any type holds.</summary>
    Float32,

    /// <summary>
    /// bfloat16, 2 bytes a weight: the range of a float and 8 bits of precision. Exact for checkpoints of that type
    /// (<c>torch_dtype</c> "bfloat16"); weights of others are rounded to the nearest, ties to even.
    /// </summary>
    BFloat16,

    /// <summary>
    /// IEEE 754 half precision, 2 bytes a weight: 11 bits of precision up to 65,504. Exact for checkpoints of that type;
    /// weights of others are rounded to the nearest, ties to even, and one that is larger is an error when the model is loaded.
    /// </summary>
    Float16,
}

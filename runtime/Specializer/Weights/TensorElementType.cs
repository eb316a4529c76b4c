using System.Diagnostics.CodeAnalysis;

namespace Specializer;

/// <summary>
/// Specifies the element types of the safetensors format. Models read the first three; the others are recognized so that errors
/// can name them.
/// </summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The members are the element types themselves.")]
public enum TensorElementType
{
    /// <summary>32-bit IEEE 754 (<c>F32</c>).</summary>
    Float32,

    /// <summary>The upper 16 bits of a 32-bit float (<c>BF16</c>).</summary>
    BFloat16,

    /// <summary>16-bit IEEE 754 (<c>F16</c>).</summary>
    Float16,

    /// <summary>64-bit IEEE 754 (<c>F64</c>).</summary>
    Float64,

    /// <summary>Signed 64-bit integer (<c>I64</c>).</summary>
    Int64,

    /// <summary>Signed 32-bit integer (<c>I32</c>).</summary>
    Int32,

    /// <summary>Signed 16-bit integer (<c>I16</c>).</summary>
    Int16,

    /// <summary>Signed 8-bit integer (<c>I8</c>).</summary>
    Int8,

    /// <summary>Unsigned 64-bit integer (<c>U64</c>).</summary>
    UInt64,

    /// <summary>Unsigned 32-bit integer (<c>U32</c>).</summary>
    UInt32,

    /// <summary>Unsigned 16-bit integer (<c>U16</c>).</summary>
    UInt16,

    /// <summary>Unsigned 8-bit integer (<c>U8</c>).</summary>
    UInt8,

    /// <summary>One byte, 0 or 1 (<c>BOOL</c>).</summary>
    Boolean,

    /// <summary>8-bit float, 4 exponent and 3 mantissa bits (<c>F8_E4M3</c>).</summary>
    Float8E4M3,

    /// <summary>8-bit float, 5 exponent and 2 mantissa bits (<c>F8_E5M2</c>).</summary>
    Float8E5M2,

    /// <summary>8-bit float, 8 exponent bits, used as a scale (<c>F8_E8M0</c>).</summary>
    Float8E8M0,

    /// <summary>8-bit float, 4 exponent and 3 mantissa bits, no infinities and no negative zero (<c>F8_E4M3FNUZ</c>).</summary>
    Float8E4M3Fnuz,

    /// <summary>8-bit float, 5 exponent and 2 mantissa bits, no infinities and no negative zero (<c>F8_E5M2FNUZ</c>).</summary>
    Float8E5M2Fnuz,

    /// <summary>6-bit float, 2 exponent and 3 mantissa bits, packed (<c>F6_E2M3</c>).</summary>
    Float6E2M3,

    /// <summary>6-bit float, 3 exponent and 2 mantissa bits, packed (<c>F6_E3M2</c>).</summary>
    Float6E3M2,

    /// <summary>4-bit float, two to a byte (<c>F4</c>).</summary>
    Float4,

    /// <summary>Two 32-bit floats, real and imaginary part (<c>C64</c>).</summary>
    Complex64,
}

using System;

namespace Specializer;

/// <summary>The sizes of the element types and their names in the safetensors format.</summary>
internal static class TensorElementTypes
{
    /// <summary>The names that <see cref="TryParse"/> accepts, for error messages.</summary>
    public const string KnownNames =
        "F32, BF16, F16, F64, I64, I32, I16, I8, U64, U32, U16, U8, BOOL, F8_E4M3, F8_E5M2, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ, F6_E2M3, F6_E3M2, F4, C64";

    /// <summary>Returns whether <see cref="TensorView.CopyTo"/> can convert the type to <see cref="float"/>.</summary>
    public static bool IsReadable(TensorElementType type) =>
        type is TensorElementType.Float32 or TensorElementType.BFloat16 or TensorElementType.Float16;

    /// <summary>Finds the type with the given name in a safetensors header.</summary>
    public static bool TryParse(string name, out TensorElementType type)
    {
        TensorElementType? found = name switch
        {
            "F32" => TensorElementType.Float32,
            "BF16" => TensorElementType.BFloat16,
            "F16" => TensorElementType.Float16,
            "F64" => TensorElementType.Float64,
            "I64" => TensorElementType.Int64,
            "I32" => TensorElementType.Int32,
            "I16" => TensorElementType.Int16,
            "I8" => TensorElementType.Int8,
            "U64" => TensorElementType.UInt64,
            "U32" => TensorElementType.UInt32,
            "U16" => TensorElementType.UInt16,
            "U8" => TensorElementType.UInt8,
            "BOOL" => TensorElementType.Boolean,
            "F8_E4M3" => TensorElementType.Float8E4M3,
            "F8_E5M2" => TensorElementType.Float8E5M2,
            "F8_E8M0" => TensorElementType.Float8E8M0,
            "F8_E4M3FNUZ" => TensorElementType.Float8E4M3Fnuz,
            "F8_E5M2FNUZ" => TensorElementType.Float8E5M2Fnuz,
            "F6_E2M3" => TensorElementType.Float6E2M3,
            "F6_E3M2" => TensorElementType.Float6E3M2,
            "F4" => TensorElementType.Float4,
            "C64" => TensorElementType.Complex64,
            _ => null,
        };
        type = found.GetValueOrDefault();
        return found.HasValue;
    }

    /// <summary>Returns the name of the type in a safetensors header.</summary>
    public static string Name(TensorElementType type) =>
        type switch
        {
            TensorElementType.Float32 => "F32",
            TensorElementType.BFloat16 => "BF16",
            TensorElementType.Float16 => "F16",
            TensorElementType.Float64 => "F64",
            TensorElementType.Int64 => "I64",
            TensorElementType.Int32 => "I32",
            TensorElementType.Int16 => "I16",
            TensorElementType.Int8 => "I8",
            TensorElementType.UInt64 => "U64",
            TensorElementType.UInt32 => "U32",
            TensorElementType.UInt16 => "U16",
            TensorElementType.UInt8 => "U8",
            TensorElementType.Boolean => "BOOL",
            TensorElementType.Float8E4M3 => "F8_E4M3",
            TensorElementType.Float8E5M2 => "F8_E5M2",
            TensorElementType.Float8E8M0 => "F8_E8M0",
            TensorElementType.Float8E4M3Fnuz => "F8_E4M3FNUZ",
            TensorElementType.Float8E5M2Fnuz => "F8_E5M2FNUZ",
            TensorElementType.Float6E2M3 => "F6_E2M3",
            TensorElementType.Float6E3M2 => "F6_E3M2",
            TensorElementType.Float4 => "F4",
            TensorElementType.Complex64 => "C64",
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "The value is not an element type."),
        };

    /// <summary>Returns the size of one element in bits.</summary>
    public static int Bits(TensorElementType type) =>
        type switch
        {
            TensorElementType.Float64 or TensorElementType.Int64 or TensorElementType.UInt64 or TensorElementType.Complex64 => 64,
            TensorElementType.Float32 or TensorElementType.Int32 or TensorElementType.UInt32 => 32,
            TensorElementType.BFloat16 or TensorElementType.Float16 or TensorElementType.Int16 or TensorElementType.UInt16 => 16,
            TensorElementType.Int8
            or TensorElementType.UInt8
            or TensorElementType.Boolean
            or TensorElementType.Float8E4M3
            or TensorElementType.Float8E5M2
            or TensorElementType.Float8E8M0
            or TensorElementType.Float8E4M3Fnuz
            or TensorElementType.Float8E5M2Fnuz => 8,
            TensorElementType.Float6E2M3 or TensorElementType.Float6E3M2 => 6,
            TensorElementType.Float4 => 4,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "The value is not an element type."),
        };
}

using System;
using System.IO;
using System.Runtime.InteropServices;
using Xunit;

namespace Specializer.Tests.Weights.Gguf;

/// <summary>ggml's own conversions, from the library of the package LLamaSharp.Backend.Cpu 0.30.0 (linux-x64).</summary>
internal static unsafe class GgmlLibrary
{
    private static readonly string s_path = Path.Combine(AppContext.BaseDirectory, "libggml-base.so");

    /// <summary>The reason why the library cannot be used; <see langword="null"/> if it can.</summary>
    public static string? SkipReason =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 && File.Exists(s_path)
            ? null
            : "The native library of LLamaSharp.Backend.Cpu is for Linux on x64.";

    /// <summary>Converts blocks to floats (<c>ggml_get_type_traits(type)->to_float</c>).</summary>
    public static float[] ToFloats(int type, byte[] blocks, int count)
    {
        float[] result = new float[count];
        fixed (byte* source = blocks)
        fixed (float* target = result)
        {
            ((delegate* unmanaged<byte*, float*, long, void>)Traits(type)->ToFloat)(source, target, count);
        }

        return result;
    }

    /// <summary>Quantizes rows (<c>ggml_quantize_chunk</c>).</summary>
    public static byte[] Quantize(int type, float[] values, int rowLength)
    {
        TypeTraits* traits = Traits(type);
        byte[] result = new byte[values.Length / traits->BlockElements * (int)traits->BlockBytes];
        // Types with searched scales need an importance matrix or accept none.
        fixed (float* source = values)
        fixed (byte* target = result)
        {
            ((delegate* unmanaged<int, float*, void*, long, long, long, float*, nuint>)Export("ggml_quantize_chunk"))(
                type,
                source,
                target,
                0,
                values.Length / rowLength,
                rowLength,
                null
            );
        }

        return result;
    }

    private static TypeTraits* Traits(int type) => ((delegate* unmanaged<int, TypeTraits*>)Export("ggml_get_type_traits"))(type);

    private static nint Export(string name) => NativeLibrary.GetExport(NativeLibrary.Load(s_path), name);

    /// <summary>ggml_type_traits of ggml.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TypeTraits
    {
        public nint Name;
        public long BlockElements;
        public long Interleaved;
        public nuint BlockBytes;
        public byte IsQuantized;
        public nint ToFloat;
        public nint FromFloat;
    }
}

/// <summary>A theory that compares with ggml; it is skipped where its library cannot be loaded.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GgmlTheoryAttribute : TheoryAttribute
{
    public GgmlTheoryAttribute()
    {
        Skip = GgmlLibrary.SkipReason;
    }
}

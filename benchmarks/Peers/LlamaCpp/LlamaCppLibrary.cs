using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace Specializer.Benchmarks;

/// <summary>The C interface of llama.cpp (llama.h), from the shared libraries of node-llama-cpp's npm package for linux-x64.</summary>
internal sealed unsafe class LlamaCppLibrary
{
    private readonly nint _llama;
    private readonly nint _base;
    private readonly nint _processor;

    public LlamaCppLibrary(PeerFolder folder)
    {
        const string Below = "node_modules/@node-llama-cpp/linux-x64";
        (_base, _) = folder.Load(Below, "libggml-base.so*");
        (nint ggml, string file) = folder.Load(Below, "libggml.*so*");
        (_llama, _) = folder.Load(Below, "libllama.*so*");
        ((delegate* unmanaged<delegate* unmanaged<int, byte*, void*, void>, void*, void>)Llama("llama_log_set"))(&Ignore, null);

        // The package contains a library for each kind of processor; the best supported one is loaded.
        byte[] path = System.Text.Encoding.UTF8.GetBytes(Path.GetDirectoryName(file) + "\0");
        fixed (byte* first = path)
        {
            ((delegate* unmanaged<byte*, void>)NativeLibrary.GetExport(ggml, "ggml_backend_load_all_from_path"))(first);
        }

        string loaded =
            File.ReadLines("/proc/self/maps").FirstOrDefault(static line => line.Contains("libggml-cpu", StringComparison.Ordinal))
            ?? throw new PeerMissingException("none of llama.cpp's CPU libraries supports this processor");
        string processor = loaded[loaded.IndexOf('/', StringComparison.Ordinal)..];
        Processor = Path.GetFileNameWithoutExtension(processor);
        _processor = NativeLibrary.Load(processor);
        ((delegate* unmanaged<void>)Llama("llama_backend_init"))();
    }

    /// <summary>The library for this kind of processor.</summary>
    public string Processor { get; }

    /// <summary>Returns a function of libllama.</summary>
    public nint Llama(string name) => NativeLibrary.GetExport(_llama, name);

    /// <summary>Returns a function of ggml's base library.</summary>
    public nint Base(string name) => NativeLibrary.GetExport(_base, name);

    /// <summary>Returns a function of ggml's library for this processor.</summary>
    public nint Cpu(string name) => NativeLibrary.GetExport(_processor, name);

    [UnmanagedCallersOnly]
    private static void Ignore(int level, byte* text, void* data)
    {
        if (Environment.GetEnvironmentVariable("SPECIALIZER_PEER_LOG") == "1")
        {
            Console.Error.Write(Marshal.PtrToStringUTF8((nint)text));
        }
    }
}

/// <summary>
/// A structure of llama.cpp that is passed by value. Only its first fields are named; all others keep the values of the library.
/// It is larger than any of these structures, because the callee reads only its own fields.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 512)]
internal unsafe struct LlamaParameters
{
    public fixed uint Words[128];
}

/// <summary>llama_batch.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LlamaBatch
{
    public int Count;
    public int* Tokens;
    public float* Embeddings;
    public int* Positions;
    public int* SequenceCounts;
    public int** Sequences;
    public byte* Outputs;
}

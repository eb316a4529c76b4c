using System.IO;
using System.Text;

namespace Specializer.Benchmarks;

/// <summary>Quantizes GGUF files with llama.cpp's own library.</summary>
internal static unsafe class LlamaCppQuantization
{
    /// <summary>The numbers of llama_ftype.</summary>
    public const uint Q40 = 2,
        Q41 = 3,
        Q80 = 7,
        Q4KM = 15;

    private const int FileType = 1;

    /// <summary>Writes a quantized copy of a file.</summary>
    /// <param name="library">The library.</param>
    /// <param name="from">The file, with matrices in float32.</param>
    /// <param name="to">The file to write.</param>
    /// <param name="type">The number of the type in llama_ftype.</param>
    public static void Run(LlamaCppLibrary library, string from, string to, uint type)
    {
        LlamaParameters parameters = ((delegate* unmanaged<LlamaParameters>)library.Llama("llama_model_quantize_default_params"))();
        parameters.Words[FileType] = type;
        fixed (byte* source = Encoding.UTF8.GetBytes(from + "\0"))
        fixed (byte* target = Encoding.UTF8.GetBytes(to + "\0"))
        {
            uint failed = ((delegate* unmanaged<byte*, byte*, LlamaParameters*, uint>)library.Llama("llama_model_quantize"))(
                source,
                target,
                &parameters
            );
            if (failed != 0)
            {
                throw new InvalidDataException($"llama_model_quantize returned {failed} for type {type}.");
            }
        }
    }
}

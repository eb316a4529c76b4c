using System;
using System.Runtime.InteropServices;

namespace Specializer.Benchmarks;

/// <summary>OpenBLAS: cblas_sgemm on weights in the layout of a checkpoint.</summary>
internal sealed unsafe partial class OpenBlasLibrary
{
    private const int RowMajor = 101,
        NotTransposed = 111,
        Transposed = 112;

    private readonly delegate* unmanaged<int, void> _setThreads;
    private readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _multiply;

    public OpenBlasLibrary(PeerFolder folder)
    {
        _ = folder;

        // A version older than the processor falls back to its oldest kernels. The environment variable that selects kernels must
        // be set before loading, through the C library, because .NET keeps its own variables.
        if (System.Runtime.Intrinsics.X86.Avx512F.IsSupported && Environment.GetEnvironmentVariable("OPENBLAS_CORETYPE") is null)
        {
            _ = SetVariable("OPENBLAS_CORETYPE", "SkylakeX", 1);
        }

        nint library = PeerFolder.LoadSystem("libopenblas-dev", "libopenblas.so.0", "libopenblas.so");
        _setThreads = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads");
        _multiply = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)
            NativeLibrary.GetExport(library, "cblas_sgemm");
    }

    public Contestant Run(Product product, int threads)
    {
        float[] output = new float[product.Rows * product.Outputs];
        return new Contestant(
            "OpenBLAS",
            () =>
            {
                _setThreads(threads);
                fixed (
                    float* input = product.Input,
                        matrix = product.Matrix,
                        destination = output
                )
                {
                    for (int call = 0; call < product.Calls; call++)
                    {
                        _multiply(
                            RowMajor,
                            NotTransposed,
                            Transposed,
                            product.Rows,
                            product.Outputs,
                            product.Inputs,
                            1,
                            input,
                            product.Inputs,
                            matrix,
                            product.Inputs,
                            0,
                            destination,
                            product.Outputs
                        );
                    }
                }
            },
            () => [.. output]
        );
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}

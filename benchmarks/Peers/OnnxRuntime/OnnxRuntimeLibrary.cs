using System;
using System.Runtime.InteropServices;

namespace Specializer.Benchmarks;

/// <summary>
/// The C interface of ONNX Runtime, from the native library of the npm package onnxruntime-node. Its function table only grows;
/// the indices are those of onnxruntime_c_api.h.
/// </summary>
internal sealed unsafe class OnnxRuntimeLibrary
{
    private const uint ApiVersion = 16;

    private readonly nint* _functions;

    public OnnxRuntimeLibrary(PeerFolder folder)
    {
        (nint library, _) = folder.Load("node_modules/onnxruntime-node/bin/napi-v6/linux/x64", "libonnxruntime.so*");
        var get = (delegate* unmanaged<nint*>)NativeLibrary.GetExport(library, "OrtGetApiBase");
        _functions = (nint*)((delegate* unmanaged<uint, nint>)get()[0])(ApiVersion);
        if (_functions is null)
        {
            throw new PeerMissingException($"ONNX Runtime does not support version {ApiVersion} of its interface");
        }

        nint environment;
        fixed (byte* name = "specializer"u8)
        {
            const int OnlyErrors = 3;
            Check(
                ((delegate* unmanaged<int, byte*, nint*, nint>)Function(OnnxRuntimeFunction.CreateEnvironment))(
                    OnlyErrors,
                    name,
                    &environment
                )
            );
        }

        Environment = environment;
    }

    public nint Environment { get; }

    public nint Function(OnnxRuntimeFunction function) => _functions[(int)function];

    /// <summary>Throws the error of a status; a null status means success.</summary>
    public void Check(nint status)
    {
        if (status != 0)
        {
            nint message = ((delegate* unmanaged<nint, nint>)Function(OnnxRuntimeFunction.ErrorMessage))(status);
            throw new InvalidOperationException("ONNX Runtime: " + Marshal.PtrToStringUTF8(message));
        }
    }
}

/// <summary>Specifies the indices of functions in ONNX Runtime's table.</summary>
internal enum OnnxRuntimeFunction
{
    ErrorMessage = 2,
    CreateEnvironment = 3,
    CreateSessionFromArray = 8,
    Run = 9,
    CreateSessionOptions = 10,
    SetGraphOptimizationLevel = 23,
    SetIntraOpThreads = 24,
    SetInterOpThreads = 25,
    CreateTensorWithData = 49,
    TensorData = 51,
    TensorElementCount = 64,
    TensorTypeAndShape = 65,
    CreateCpuMemoryInfo = 69,
    ReleaseSession = 95,
    ReleaseValue = 96,
    ReleaseTypeAndShape = 99,
    ReleaseSessionOptions = 100,
    AddSessionConfiguration = 130,
}

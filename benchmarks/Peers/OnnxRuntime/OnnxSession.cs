using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Specializer.Benchmarks;

/// <summary>A model in ONNX Runtime with all optimizations enabled; its threads are idle while it does not run.</summary>
internal sealed unsafe class OnnxSession : IDisposable
{
    private const int FloatElements = 1,
        Int32Elements = 6;

    private readonly OnnxRuntimeLibrary _library;
    private readonly nint _session;
    private readonly nint _memory;
    private readonly List<(nint Name, nint Value, GCHandle Data)> _inputs = [];
    private readonly nint _outputName;
    private nint _output;

    public OnnxSession(OnnxRuntimeLibrary library, byte[] model, string output, int threads)
    {
        const int AllOptimizations = 99;
        _library = library;
        _outputName = Marshal.StringToCoTaskMemUTF8(output);
        nint options,
            session,
            memory;
        library.Check(((delegate* unmanaged<nint*, nint>)Function(OnnxRuntimeFunction.CreateSessionOptions))(&options));
        library.Check(
            ((delegate* unmanaged<nint, int, nint>)Function(OnnxRuntimeFunction.SetGraphOptimizationLevel))(options, AllOptimizations)
        );
        library.Check(((delegate* unmanaged<nint, int, nint>)Function(OnnxRuntimeFunction.SetIntraOpThreads))(options, threads));
        library.Check(((delegate* unmanaged<nint, int, nint>)Function(OnnxRuntimeFunction.SetInterOpThreads))(options, 1));
        fixed (
            byte* key = "session.force_spinning_stop\0"u8,
                value = "1\0"u8
        )
        {
            library.Check(
                ((delegate* unmanaged<nint, byte*, byte*, nint>)Function(OnnxRuntimeFunction.AddSessionConfiguration))(options, key, value)
            );
        }

        fixed (byte* bytes = model)
        {
            library.Check(
                ((delegate* unmanaged<nint, byte*, nint, nint, nint*, nint>)Function(OnnxRuntimeFunction.CreateSessionFromArray))(
                    library.Environment,
                    bytes,
                    model.Length,
                    options,
                    &session
                )
            );
        }

        ((delegate* unmanaged<nint, void>)Function(OnnxRuntimeFunction.ReleaseSessionOptions))(options);
        library.Check(((delegate* unmanaged<int, int, nint*, nint>)Function(OnnxRuntimeFunction.CreateCpuMemoryInfo))(0, 0, &memory));
        (_session, _memory) = (session, memory);
    }

    /// <summary>The results of the last run.</summary>
    public float[] Result
    {
        get
        {
            nint shape,
                data;
            nint count;
            _library.Check(((delegate* unmanaged<nint, nint*, nint>)Function(OnnxRuntimeFunction.TensorTypeAndShape))(_output, &shape));
            _library.Check(((delegate* unmanaged<nint, nint*, nint>)Function(OnnxRuntimeFunction.TensorElementCount))(shape, &count));
            ((delegate* unmanaged<nint, void>)Function(OnnxRuntimeFunction.ReleaseTypeAndShape))(shape);
            _library.Check(((delegate* unmanaged<nint, nint*, nint>)Function(OnnxRuntimeFunction.TensorData))(_output, &data));
            return new ReadOnlySpan<float>((void*)data, (int)count).ToArray();
        }
    }

    /// <summary>Sets an input of floats or 32-bit integers, in the order of the calls.</summary>
    public OnnxSession With<T>(string name, T[] values, params long[] shape)
        where T : unmanaged
    {
        GCHandle pinned = GCHandle.Alloc(values, GCHandleType.Pinned);
        nint tensor;
        fixed (long* extents = shape)
        {
            _library.Check(
                ((delegate* unmanaged<nint, nint, nint, long*, nint, int, nint*, nint>)Function(OnnxRuntimeFunction.CreateTensorWithData))(
                    _memory,
                    pinned.AddrOfPinnedObject(),
                    (nint)values.Length * sizeof(T),
                    extents,
                    shape.Length,
                    typeof(T) == typeof(float) ? FloatElements : Int32Elements,
                    &tensor
                )
            );
        }

        _inputs.Add((Marshal.StringToCoTaskMemUTF8(name), tensor, pinned));
        return this;
    }

    public void Run()
    {
        ReleaseOutput();
        nint* names = stackalloc nint[_inputs.Count],
            values = stackalloc nint[_inputs.Count];
        for (int i = 0; i < _inputs.Count; i++)
        {
            (names[i], values[i], _) = _inputs[i];
        }

        nint outputName = _outputName,
            output = 0;
        _library.Check(
            ((delegate* unmanaged<nint, nint, nint*, nint*, nint, nint*, nint, nint*, nint>)Function(OnnxRuntimeFunction.Run))(
                _session,
                0,
                names,
                values,
                _inputs.Count,
                &outputName,
                1,
                &output
            )
        );
        _output = output;
    }

    public void Dispose()
    {
        ReleaseOutput();
        foreach ((nint name, nint value, GCHandle data) in _inputs)
        {
            ((delegate* unmanaged<nint, void>)Function(OnnxRuntimeFunction.ReleaseValue))(value);
            Marshal.FreeCoTaskMem(name);
            data.Free();
        }

        ((delegate* unmanaged<nint, void>)Function(OnnxRuntimeFunction.ReleaseSession))(_session);
        Marshal.FreeCoTaskMem(_outputName);
    }

    private nint Function(OnnxRuntimeFunction function) => _library.Function(function);

    private void ReleaseOutput()
    {
        if (_output != 0)
        {
            ((delegate* unmanaged<nint, void>)Function(OnnxRuntimeFunction.ReleaseValue))(_output);
            _output = 0;
        }
    }
}

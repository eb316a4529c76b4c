using System;
using System.Runtime.InteropServices;

namespace Specializer.Benchmarks;

/// <summary>
/// The C interface of oneDNN 2 (dnnl.h): an inner product whose weights oneDNN packs. Version 3 has another interface.
/// </summary>
internal sealed unsafe class OneDnnLibrary
{
    private const int Cpu = 1,
        Float32 = 3,
        AnyLayout = 1,
        RowMajor = 3,
        ForwardInference = 96,
        QueryWeights = 131;
    private const int Source = 1,
        Weights = 33,
        Destination = 17;
    private const int MemoryDescriptorBytes = 2048,
        OperationBytes = 16_384;

    private readonly nint _library;
    private readonly nint _openMp;
    private readonly nint _engine;
    private readonly nint _stream;

    public OneDnnLibrary(PeerFolder folder)
    {
        _ = folder;
        _library = PeerFolder.LoadSystem("libdnnl-dev", "libdnnl.so.2", "libdnnl.so");
        _openMp = PeerFolder.LoadSystem("libgomp1", "libgomp.so.1");
        int major = *(int*)((delegate* unmanaged<nint>)Function("dnnl_version"))();
        if (major != 2)
        {
            throw new PeerMissingException($"oneDNN is version {major}; only the interface of version 2 is supported");
        }

        nint engine,
            stream;
        Check(((delegate* unmanaged<nint*, int, nint, int>)Function("dnnl_engine_create"))(&engine, Cpu, 0));
        Check(((delegate* unmanaged<nint*, nint, uint, int>)Function("dnnl_stream_create"))(&stream, engine, 1));
        (_engine, _stream) = (engine, stream);
    }

    public Contestant Run(Product product, int threads)
    {
        SetThreads(threads);
        AlignedBuffer input = Copy(product.Input),
            output = AlignedBuffer.Allocate((long)product.Rows * product.Outputs * sizeof(float));
        byte* source = Descriptor(product.Rows, product.Inputs, RowMajor),
            plain = Descriptor(product.Outputs, product.Inputs, RowMajor);
        byte* any = Descriptor(product.Outputs, product.Inputs, AnyLayout),
            destination = Descriptor(product.Rows, product.Outputs, RowMajor);
        byte* operation = (byte*)NativeMemory.AllocZeroed(OperationBytes);
        Check(
            ((delegate* unmanaged<byte*, int, byte*, byte*, byte*, byte*, int>)Function("dnnl_inner_product_forward_desc_init"))(
                operation,
                ForwardInference,
                source,
                any,
                null,
                destination
            )
        );
        (nint description, nint primitive) = Create(operation);
        byte* packed = ((delegate* unmanaged<nint, int, int, byte*>)Function("dnnl_primitive_desc_query_md"))(description, QueryWeights, 0);
        AlignedBuffer weights = AlignedBuffer.Allocate(
            (long)((delegate* unmanaged<byte*, nuint>)Function("dnnl_memory_desc_get_size"))(packed)
        );
        nint packedMemory = Memory(packed, weights.Address),
            sourceMemory = Memory(source, input.Address),
            destinationMemory = Memory(destination, output.Address);
        Pack(product, plain, packed, packedMemory);

        Arguments* arguments = (Arguments*)NativeMemory.Alloc(3, (nuint)sizeof(Arguments));
        arguments[0] = new Arguments(Source, sourceMemory);
        arguments[1] = new Arguments(Weights, packedMemory);
        arguments[2] = new Arguments(Destination, destinationMemory);
        var execute = (delegate* unmanaged<nint, nint, int, Arguments*, int>)Function("dnnl_primitive_execute");
        var wait = (delegate* unmanaged<nint, int>)Function("dnnl_stream_wait");
        int floats = product.Rows * product.Outputs;
        return new Contestant(
            "oneDNN",
            () =>
            {
                SetThreads(threads);
                for (int call = 0; call < product.Calls; call++)
                {
                    Check(execute(primitive, _stream, 3, arguments));
                }

                Check(wait(_stream));
            },
            () => new ReadOnlySpan<float>(output.Address, floats).ToArray()
        )
        {
            Release = () =>
            {
                ((delegate* unmanaged<nint, int>)Function("dnnl_primitive_destroy"))(primitive);
                ((delegate* unmanaged<nint, int>)Function("dnnl_primitive_desc_destroy"))(description);
                NativeMemory.Free(arguments);
                NativeMemory.Free(operation);
                input.Dispose();
                output.Dispose();
                weights.Dispose();
            },
        };
    }

    private static AlignedBuffer Copy(float[] values)
    {
        AlignedBuffer buffer = AlignedBuffer.Allocate((long)values.Length * sizeof(float));
        values.CopyTo(new Span<float>(buffer.Address, values.Length));
        return buffer;
    }

    private static void Check(int status)
    {
        if (status != 0)
        {
            throw new InvalidOperationException($"oneDNN returned status {status}.");
        }
    }

    private (nint Description, nint Primitive) Create(byte* operation)
    {
        nint description,
            primitive;
        Check(
            ((delegate* unmanaged<nint*, byte*, nint, nint, nint, int>)Function("dnnl_primitive_desc_create"))(
                &description,
                operation,
                0,
                _engine,
                0
            )
        );
        Check(((delegate* unmanaged<nint*, nint, int>)Function("dnnl_primitive_create"))(&primitive, description));
        return (description, primitive);
    }

    private void Pack(Product product, byte* plain, byte* packed, nint packedMemory)
    {
        using AlignedBuffer matrix = Copy(product.Matrix);
        nint description,
            reorder;
        Check(
            ((delegate* unmanaged<nint*, byte*, nint, byte*, nint, nint, int>)Function("dnnl_reorder_primitive_desc_create"))(
                &description,
                plain,
                _engine,
                packed,
                _engine,
                0
            )
        );
        Check(((delegate* unmanaged<nint*, nint, int>)Function("dnnl_primitive_create"))(&reorder, description));
        Arguments* arguments = stackalloc Arguments[2];
        arguments[0] = new Arguments(Source, Memory(plain, matrix.Address));
        arguments[1] = new Arguments(Destination, packedMemory);
        Check(((delegate* unmanaged<nint, nint, int, Arguments*, int>)Function("dnnl_primitive_execute"))(reorder, _stream, 2, arguments));
        Check(((delegate* unmanaged<nint, int>)Function("dnnl_stream_wait"))(_stream));
    }

    private void SetThreads(int threads) =>
        ((delegate* unmanaged<int, void>)NativeLibrary.GetExport(_openMp, "omp_set_num_threads"))(threads);

    private nint Function(string name) => NativeLibrary.GetExport(_library, name);

    private byte* Descriptor(long rows, long columns, int layout)
    {
        byte* descriptor = (byte*)NativeMemory.AllocZeroed(MemoryDescriptorBytes);
        long* extents = stackalloc long[] { rows, columns };
        Check(
            ((delegate* unmanaged<byte*, int, long*, int, int, int>)Function("dnnl_memory_desc_init_by_tag"))(
                descriptor,
                2,
                extents,
                Float32,
                layout
            )
        );
        return descriptor;
    }

    private nint Memory(byte* descriptor, float* data)
    {
        nint memory;
        Check(((delegate* unmanaged<nint*, byte*, nint, float*, int>)Function("dnnl_memory_create"))(&memory, descriptor, _engine, data));
        return memory;
    }

    private readonly record struct Arguments(long Role, nint Memory);
}

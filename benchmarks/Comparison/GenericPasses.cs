using System;
using System.Runtime.Intrinsics;
using Specializer.GenericEngine;

namespace Specializer.Benchmarks;

/// <summary>Single linear layers of the generic engine without their usual fusion or layout.</summary>
/// <typeparam name="TInstructions">The instruction set.</typeparam>
/// <typeparam name="TVector">Its vector type.</typeparam>
internal sealed unsafe class GenericPasses<TInstructions, TVector>(KernelMemory memory)
    where TInstructions : struct, IVectorInstructions<TVector>
    where TVector : struct
{
    /// <summary>Creates a layer with a given row stride in floats.</summary>
    public Action<int, int, int> Linear(int inputs, int outputs, int inputStride, int outputStride)
    {
        var layout = new LinearLayout(TInstructions.Lanes, inputs, outputs, gated: false);
        return (rows, worker, workers) => Run(layout, memory.Weights, rows, inputStride, memory.Output, outputStride, worker, workers);
    }

    /// <summary>
    /// Creates separate gate and up projections, with the product of SiLU of the gate and the up projection in a third pass.
    /// </summary>
    public Action<int, int, int> GateAndUpApart(int inputs, int outputs)
    {
        var layout = new LinearLayout(TInstructions.Lanes, inputs, outputs, gated: false);
        int inputStride = LinearLayout.RoundUp(inputs),
            outputStride = LinearLayout.RoundUp(outputs);
        return (rows, worker, workers) =>
        {
            float* gate = memory.Region("gate");
            Run(layout, memory.Weights, rows, inputStride, gate, outputStride, worker, workers);
            Run(layout, memory.Weights + layout.Floats, rows, inputStride, memory.Output, outputStride, worker, workers);
            for (int i = worker * TInstructions.Lanes; i < rows * outputStride; i += workers * TInstructions.Lanes)
            {
                TVector activated = ElementFunctions.Silu.Apply<TInstructions, TVector>(TInstructions.Load(gate + i));
                TInstructions.Store(memory.Output + i, TInstructions.Multiply(activated, TInstructions.Load(memory.Output + i)));
            }
        };
    }

    /// <summary>Creates a layer, with the residual connection in a separate pass.</summary>
    public Action<int, int, int> LinearAndSumApart(int inputs, int outputs)
    {
        var layout = new LinearLayout(TInstructions.Lanes, inputs, outputs, gated: false);
        int inputStride = LinearLayout.RoundUp(inputs),
            outputStride = LinearLayout.RoundUp(outputs);
        return (rows, worker, workers) =>
        {
            float* product = memory.Region("product");
            Run(layout, memory.Weights, rows, inputStride, product, outputStride, worker, workers);
            for (int i = worker * TInstructions.Lanes; i < rows * outputStride; i += workers * TInstructions.Lanes)
            {
                TInstructions.Store(
                    memory.Output + i,
                    TInstructions.Add(TInstructions.Load(memory.Output + i), TInstructions.Load(product + i))
                );
            }
        };
    }

    /// <summary>Creates several layers with the same inputs, one after another.</summary>
    public Action<int, int, int> Apart(int layers, int inputs, int outputs)
    {
        var layout = new LinearLayout(TInstructions.Lanes, inputs, outputs, gated: false);
        int inputStride = LinearLayout.RoundUp(inputs),
            outputStride = LinearLayout.RoundUp(layers * outputs);
        return (rows, worker, workers) =>
        {
            for (int layer = 0; layer < layers; layer++)
            {
                Run(
                    layout,
                    memory.Weights + (layer * layout.Floats),
                    rows,
                    inputStride,
                    memory.Output + (layer * outputs),
                    outputStride,
                    worker,
                    workers
                );
            }
        };
    }

    private static float* Aligned(float* address) => (float*)(((nint)address + AlignedBuffer.Alignment - 1) & -AlignedBuffer.Alignment);

    private void Run(
        in LinearLayout layout,
        float* weights,
        int rows,
        int inputStride,
        float* output,
        int outputStride,
        int worker,
        int workers
    )
    {
        float* scratch = stackalloc float[LinearKernel<TInstructions, TVector>.ScratchFloats + 16];
        LinearKernel<TInstructions, TVector>.Run(
            layout,
            weights,
            rows,
            memory.Input,
            inputStride,
            output,
            outputStride,
            new LinearEpilogue(ElementFunction.Identity),
            Aligned(scratch),
            worker,
            workers
        );
    }
}

using System;
using System.Linq;
using System.Reflection;
using Specializer.CompilerServices;
using Specializer.TestKit;

namespace Specializer.Benchmarks;

/// <summary>A generated linear kernel that computes a product; a fused bias or sum gets zeros.</summary>
internal static unsafe class OwnProduct
{
    private const int Line = AlignedBuffer.Alignment / sizeof(float);

    public static Contestant Run(Type model, Product product, int threads)
    {
        KernelInfo kernel = GeneratedKernelTable
            .Facts(model)
            .Single(kernel =>
                kernel is { Kind: KernelKind.Linear, Gated: false, Activation: null }
                && kernel.Inputs == product.Inputs
                && kernel.Outputs == product.Outputs
            );
        var memory = new KernelMemory();
        var team = new WorkerTeam(threads);
        MethodInfo method = GeneratedKernelTable.Method(model, InstructionSets.Best, kernel);
        Action<int, int, int> call = KernelBinding.Bind(method, memory, product.Rows, rowsAreLast: false);
        int inputStride = kernel.InputStride,
            outputStride = kernel.OutputStride;
        for (int row = 0; row < product.Rows; row++)
        {
            product
                .Input.AsSpan(row * product.Inputs, product.Inputs)
                .CopyTo(new Span<float>(memory.Input + (row * inputStride), product.Inputs));
        }

        new Span<float>(memory.Region("bias"), product.Outputs + Line).Clear();
        fixed (float* matrix = product.Matrix)
        {
            var view = new TensorView("matrix", TensorElementType.Float32, [product.Outputs, product.Inputs], (byte*)matrix, null);
            WeightPacking.Panels(memory.Weights, InstructionSets.Best, (product.Outputs + Line - 1) / Line * Line, product.Inputs, [view]);
        }

        var work = new KernelRun(call, product.Rows, product.Calls);
        return new Contestant("ours", () => team.TryRun(work), Result)
        {
            Release = () =>
            {
                team.Dispose();
                memory.Dispose();
            },
        };

        float[] Result()
        {
            float[] result = new float[product.Rows * product.Outputs];
            for (int row = 0; row < product.Rows; row++)
            {
                new Span<float>(memory.Output + (row * outputStride), product.Outputs).Clear();
            }

            call(product.Rows, 0, 1);
            for (int row = 0; row < product.Rows; row++)
            {
                new Span<float>(memory.Output + (row * outputStride), product.Outputs).CopyTo(result.AsSpan(row * product.Outputs));
            }

            return result;
        }
    }

    /// <summary>Returns the number of floats from one row of activations to the next, an odd number of cache lines.</summary>
    public static int Stride(int width) => (((width + Line - 1) / Line) | 1) * Line;
}

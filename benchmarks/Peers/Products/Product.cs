using System;

namespace Specializer.Benchmarks;

/// <summary>A product of rows and a matrix that several engines compute.</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Inputs">The number of inputs.</param>
/// <param name="Outputs">The number of outputs.</param>
/// <param name="Input">The rows, [Rows, Inputs].</param>
/// <param name="Matrix">The matrix, [Outputs, Inputs], in the layout of a checkpoint.</param>
/// <param name="Calls">The number of computations in one run.</param>
internal sealed record Product(int Rows, int Inputs, int Outputs, float[] Input, float[] Matrix, int Calls)
{
    public double Operations => 2.0 * Rows * Inputs * Outputs * Calls;

    /// <summary>Returns an action that repeats another action for one run.</summary>
    public Action Repeated(Action once) =>
        () =>
        {
            for (int call = 0; call < Calls; call++)
            {
                once();
            }
        };
}

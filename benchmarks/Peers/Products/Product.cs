using System;

namespace Specializer.Benchmarks;

/// <summary>A product of rows with a matrix, to be carried out by several engines.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Inputs">The inputs of each.</param>
/// <param name="Outputs">The outputs of each.</param>
/// <param name="Input">The rows, [Rows, Inputs].</param>
/// <param name="Matrix">The matrix, [Outputs, Inputs], as a checkpoint has it.</param>
/// <param name="Calls">How many times one run carries it out.</param>
internal sealed record Product(int Rows, int Inputs, int Outputs, float[] Input, float[] Matrix, int Calls)
{
    public double Operations => 2.0 * Rows * Inputs * Outputs * Calls;

    /// <summary>An action that does something as often as a run asks for.</summary>
    public Action Repeated(Action once) =>
        () =>
        {
            for (int call = 0; call < Calls; call++)
            {
                once();
            }
        };
}

using System.Globalization;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>
/// How rows are shared out among the workers: each has some that follow each other, and in every kernel the same ones, so
/// that what it reads it has mostly written itself and need not come from another core's cache.
/// </summary>
internal static class RowShares
{
    // From as many rows for each on, a product is as fast as with all of them: weights are read by every worker then.
    private const int LeastRows = 32;

    /// <summary>The head of a loop over a worker's rows.</summary>
    public const string EachRow = "for (int row = rows * worker / workers, end = rows * (worker + 1) / workers; row < end; row++)";

    /// <summary>A worker's panels, which follow each other, of those of few rows.</summary>
    public const string Panels = "int panel = Panels * worker / workers, endPanel = Panels * (worker + 1) / workers;";

    /// <summary>Writes the beginning of a kernel that shares out its rows if they are many, and otherwise something else.</summary>
    public static void EmitManyRows(SourceWriter writer, int inputStride, int outputStride)
    {
        writer.Line("int firstRow = ShareManyRows(ref rows, ref worker, ref workers);");
        writer.Line($"input = &input[(nint)firstRow * {Text(inputStride)}];");
        writer.Line($"output = &output[(nint)firstRow * {Text(outputStride)}];");
    }

    /// <summary>Writes the method that shares out many rows, once per instruction set.</summary>
    public static void EmitShareManyRows(SourceWriter writer)
    {
        writer.Separate();
        writer.Line(
            "/// <summary>Of many rows a worker takes a share and works on it alone; of few it takes all, and a share of the panels. Returns the first row.</summary>"
        );
        writer.Line(
            "[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]"
        );
        using (writer.Braces("private static int ShareManyRows(ref int rows, ref int worker, ref int workers)"))
        {
            using (writer.Braces($"if (workers == 1 || rows < {Text(LeastRows)} * workers)"))
            {
                writer.Line("return 0;");
            }

            writer.Line();
            writer.Line("int first = rows * worker / workers;");
            writer.Line("rows = (rows * (worker + 1) / workers) - first;");
            writer.Line("worker = 0;");
            writer.Line("workers = 1;");
            writer.Line("return first;");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

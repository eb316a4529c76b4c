using System;
using System.Collections.Generic;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Specializer.Fuzzing;

/// <summary>
/// Records the rows that a compiled model rounds to integers. A value near a tie may be rounded either way, and a formula in float64
/// cannot know which; with the model's own rows it can.
/// </summary>
internal static partial class RoundedRows
{
    private const string TypeName = FuzzAssembly.Namespace + ".RoundedRows";

    private const string FieldName = "Rows";

    /// <summary>The type that the recording code of an assembly calls.</summary>
    public const string Source = $$"""
        namespace {{FuzzAssembly.Namespace}}
        {
            public static unsafe class RoundedRows
            {
                [System.ThreadStatic]
                public static System.Collections.Generic.List<float[]> {{FieldName}};

                public static void Record(float* row, int count) => {{FieldName}}?.Add(new System.Span<float>(row, count).ToArray());
            }
        }
        """;

    /// <summary>Adds the recording to the kernels that round.</summary>
    public static string AddTo(string text) => Kernel().Replace(text, $"$0 global::{TypeName}.Record(x, ${{width}});");

    /// <summary>Begins to record what a model computes on this thread.</summary>
    public static List<float[]> Begin(TransformerModel model)
    {
        List<float[]> rows = [];
        Field(model).SetValue(null, rows);
        return rows;
    }

    /// <summary>Ends the recording on this thread.</summary>
    public static void End(TransformerModel model) => Field(model).SetValue(null, null);

    private static FieldInfo Field(TransformerModel model) =>
        model.GetType().Assembly.GetType(TypeName, throwOnError: true)!.GetField(FieldName)
        ?? throw new InvalidOperationException(TypeName + " records nothing.");

    [GeneratedRegex(@"public static void Quantize(?<width>\d+)\w*\([^)]*\)[\s\S]*?float\* x = [^;]*;")]
    private static partial Regex Kernel();
}

using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>Writes the table of the tensors that a checkpoint must hold, and under which names it may hold them.</summary>
internal static class TensorTableEmitter
{
    /// <param name="writer">Receives the table.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="tensors">Its tensors, in the order in which the packing numbers them.</param>
    /// <param name="sets">The number of sets of weights, as text.</param>
    public static void Emit(SourceWriter writer, ExecutionPlan plan, IReadOnlyList<TensorPlan> tensors, string sets)
    {
        NamingPlan naming = plan.Naming;
        writer.Line("/// <summary>The tensors that a checkpoint must contain; \"{layer}\" is the number of the layer, from 0.</summary>");
        writer.Line("public static global::Specializer.TensorTable Tensors { get; } = new(");
        using (writer.Indented())
        {
            writer.Line("[");
            foreach (TensorPlan tensor in tensors)
            {
                string layers =
                    !tensor.PerLayer ? "0"
                    : tensor.InEncoder ? "EncoderLayers"
                    : plan.Architecture.SetsPerGroup == 1 ? sets
                    : Text(plan.LayersOf(tensor));
                writer.Line(
                    $"    new({Quote(tensor.Name)}, {layers}, [{string.Join(", ", tensor.Shape.Select(Text))}]){Alternatives(naming.Of(tensor))},"
                );
            }

            writer.Line("],");
            writer.Line("new global::Specializer.TensorNaming");
            writer.Line("{");
            using (writer.Indented())
            {
                Property(writer, "BasePrefix", naming.BasePrefix.Length == 0 ? null : Quote(naming.BasePrefix));
                Property(writer, "Wrappers", naming.Wrappers.Count == 0 ? null : List(naming.Wrappers));
                Property(writer, "Ignored", naming.Ignored.Count == 0 ? null : List(naming.Ignored));
                Property(writer, "OutputMatrix", naming.OutputMatrix.Length == 0 ? null : Quote(naming.OutputMatrix));
                Property(
                    writer,
                    "OutputMatrixChoice",
                    naming.OutputMatrixChoice == OutputMatrixChoice.Declared
                        ? null
                        : "global::Specializer.OutputMatrixChoice." + naming.OutputMatrixChoice
                );
            }

            writer.Line("});");
        }
    }

    private static void Property(SourceWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.Line($"{name} = {value},");
        }
    }

    private static string Alternatives(TensorAlternatives? alternatives)
    {
        if (alternatives is null)
        {
            return "";
        }

        var properties = new List<string>();
        void Add(bool given, string name, string value)
        {
            if (given)
            {
                properties.Add(name + " = " + value);
            }
        }

        Add(alternatives.Copies.Count > 0, "Copies", List(alternatives.Copies));
        Add(alternatives.Substitutes.Count > 0, "Substitutes", List(alternatives.Substitutes));
        Add(alternatives.Parts.Count > 0, "Parts", "[" + string.Join(", ", alternatives.Parts.Select(Rows)) + "]");
        Add(alternatives.PartOf is not null, "PartOf", alternatives.PartOf is { } whole ? Rows(whole) : "");
        Add(alternatives.InputsFirst, "InputsFirst", "true");
        Add(alternatives.ZeroIfAbsent, "ZeroIfAbsent", "true");
        return properties.Count == 0 ? "" : " { " + string.Join(", ", properties) + " }";
    }

    private static string Rows(TensorRows rows) =>
        $"new({Quote(rows.Name)}, {Text(rows.First)}, {Text(rows.Rows)})"
        + (rows.GroupRows == 0 ? "" : $" {{ GroupRows = {Text(rows.GroupRows)}, GroupStride = {Text(rows.GroupStride)} }}");

    private static string List(IEnumerable<string> names) => "[" + string.Join(", ", names.Select(Quote)) + "]";

    // Names hold no quotation mark, backslash or control character.
    private static string Quote(string name) => "\"" + name + "\"";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

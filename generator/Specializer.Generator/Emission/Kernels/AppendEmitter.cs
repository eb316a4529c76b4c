using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>
/// Writes what happens to projected queries, keys and values: queries and keys are normalised and turned where the
/// model has that, queries scaled, keys appended to the cache in panels, values in rows.
/// </summary>
internal static class AppendEmitter
{
    // Rows whose keys are transposed together: as many as a vector of 128 bits has elements.
    private const int KeysTogether = 4;

    public static string Parameters(AttentionKernel kernel) => SignatureText.Parameters(kernel, KernelPart.Append);

    public static void Emit(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        if (kernel.IsCross)
        {
            EmitCross(writer, isa, kernel);
            return;
        }

        int headDimension = kernel.Attention.HeadDimension;
        int group = kernel.Attention.GroupSize;
        int keysAt = kernel.Attention.Heads * headDimension;
        int valuesAt = keysAt + (kernel.Attention.KeyValueHeads * headDimension);
        string scale = kernel.Attention.ScaleByInverseLayer
            ? "scale"
            : kernel.Attention.Scale.ToString("R", CultureInfo.InvariantCulture) + "f";
        var rotary = kernel.Kind.Positions as RotaryPositions;
        string turn = rotary is null ? ScaleName(kernel) : RotateName(rotary);
        string Prepare(string source, string norm, string target, string factor) =>
            (kernel.Attention.QueryKeyNorm ? $"NormalizeHead({source}, {norm}, {target}); {turn}({target}, " : $"{turn}({source}, ")
            + (rotary is null ? "" : "table, ")
            + $"{target}, {factor});";

        writer.Separate();
        writer.Line(
            $"// A row holds {kernel.Attention.Heads} query heads, {kernel.Attention.KeyValueHeads} key heads and as many value heads of {headDimension}. Queries are scaled by {scale}."
        );
        if (kernel.IsRing)
        {
            writer.Line($"// The cache is a ring: position p lies at p modulo {kernel.CacheLength}.");
        }

        // Keys that are stored as they are projected need not be copied first.
        bool prepared = rotary is not null || kernel.Attention.QueryKeyNorm;
        using (writer.Braces($"public static void {kernel.AppendName}({Parameters(kernel)})"))
        {
            if (prepared)
            {
                writer.Line($"float* newKeys = stackalloc float[{Text(KeysTogether * kernel.HeadStride)}];");
            }

            using (writer.Braces($"for (int head = worker; head < {Text(kernel.Attention.KeyValueHeads)}; head += workers)"))
            using (Rows(writer, kernel))
            {
                if (!prepared)
                {
                    writer.Line(
                        $"float* newKeys = &projected[((nint)first * {Text(kernel.InputStride)}) + (head * {Text(headDimension)}) + {Text(keysAt)}];"
                    );
                }

                using (writer.Braces("for (int row = first; row < end; row++)"))
                {
                    writer.Line($"float* source = &projected[((nint)row * {Text(kernel.InputStride)}) + (head * {Text(headDimension)})];");
                    if (rotary is not null)
                    {
                        writer.Line($"float* table = &rotaryTable[(nint)(position + row) * {Text(rotary.RotaryDimension)}];");
                    }

                    writer.Line(
                        $"float* query = &queries[(((nint)head * {Text(kernel.QueryRows)}) + row) * {Text(group * kernel.HeadStride)}];"
                    );
                    if (group == 1)
                    {
                        writer.Line(Prepare("source", "queryNorm", "query", scale));
                    }
                    else
                    {
                        using (writer.Braces($"for (int member = 0; member < {Text(group)}; member++)"))
                        {
                            writer.Line(
                                Prepare(
                                    $"&source[(head * {Text((group - 1) * headDimension)}) + (member * {Text(headDimension)})]",
                                    "queryNorm",
                                    $"&query[member * {Text(kernel.HeadStride)}]",
                                    scale
                                )
                            );
                        }
                    }

                    if (prepared)
                    {
                        writer.Line($"float* key = &newKeys[(row - first) * {Text(kernel.HeadStride)}];");
                        writer.Line(Prepare($"&source[{Text(keysAt)}]", "keyNorm", "key", "1f"));
                    }

                    EmitStoreValues(writer, kernel, $"&source[{Text(valuesAt)}]");
                }

                EmitStoreKeys(writer, isa, kernel, prepared ? kernel.HeadStride : kernel.InputStride);
            }
        }
    }

    /// <summary>Queries and the source's keys and values are projected at different times, so that each has its kernel.</summary>
    private static void EmitCross(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        int headDimension = kernel.Attention.HeadDimension;
        int group = kernel.Attention.GroupSize;
        string scale = kernel.Attention.Scale.ToString("R", CultureInfo.InvariantCulture) + "f";
        writer.Separate();
        writer.Line($"// A row holds {kernel.Attention.Heads} query heads of {headDimension}. Queries are scaled by {scale}.");
        using (writer.Braces($"public static void {kernel.QueriesName}({SignatureText.Parameters(kernel, KernelPart.PrepareQueries)})"))
        using (writer.Braces($"for (int head = worker; head < {Text(kernel.Attention.KeyValueHeads)}; head += workers)"))
        using (writer.Braces("for (int row = 0; row < rows; row++)"))
        {
            writer.Line($"float* source = &projected[((nint)row * {Text(kernel.InputStride)}) + (head * {Text(group * headDimension)})];");
            writer.Line($"float* query = &queries[(((nint)head * {Text(kernel.QueryRows)}) + row) * {Text(group * kernel.HeadStride)}];");
            if (group == 1)
            {
                writer.Line($"{ScaleName(kernel)}(source, query, {scale});");
            }
            else
            {
                using (writer.Braces($"for (int member = 0; member < {Text(group)}; member++)"))
                {
                    writer.Line(
                        $"{ScaleName(kernel)}(&source[member * {Text(headDimension)}], &query[member * {Text(kernel.HeadStride)}], {scale});"
                    );
                }
            }
        }

        writer.Separate();
        writer.Line($"// A row holds {kernel.Attention.KeyValueHeads} key heads and as many value heads of {headDimension}.");
        using (writer.Braces($"public static void {kernel.AppendName}({Parameters(kernel)})"))
        using (writer.Braces($"for (int head = worker; head < {Text(kernel.Attention.KeyValueHeads)}; head += workers)"))
        using (Rows(writer, kernel))
        {
            writer.Line($"float* newKeys = &projected[((nint)first * {Text(kernel.SourceStride)}) + (head * {Text(headDimension)})];");
            using (writer.Braces("for (int row = first; row < end; row++)"))
            {
                writer.Line($"float* source = &newKeys[(row - first) * {Text(kernel.SourceStride)}];");
                EmitStoreValues(writer, kernel, $"&source[{Text(kernel.Attention.KeyValueHeads * headDimension)}]");
            }

            EmitStoreKeys(writer, isa, kernel, kernel.SourceStride);
        }
    }

    /// <summary>
    /// The loop over the rows: the keys of four, of which the first lies at a multiple of four, are transposed into their
    /// panel together, which takes half the time of storing them element by element.
    /// </summary>
    private static System.IDisposable Rows(SourceWriter writer, AttentionKernel kernel)
    {
        System.IDisposable loop = writer.Braces("for (int first = 0, end; first < rows; first = end)");
        writer.Line(kernel.IsRing ? $"nint at = (position + first) % {Text(kernel.CacheLength)};" : "nint at = position + first;");
        writer.Line(
            $"end = at % {Text(KeysTogether)} == 0 && first + {Text(KeysTogether)} <= rows ? first + {Text(KeysTogether)} : first + 1;"
        );
        return loop;
    }

    /// <summary>Stores the values of one head in their row.</summary>
    private static void EmitStoreValues(SourceWriter writer, AttentionKernel kernel, string newValues)
    {
        int headDimension = kernel.Attention.HeadDimension;
        writer.Line(
            $"float* value = &values[(head * (nint){Text(kernel.ValuesPerHead)}) + ((at + row - first) * {Text(kernel.HeadStride)})];"
        );
        writer.Line(
            $"new global::System.Span<float>({newValues}, {Text(headDimension)}).CopyTo(new global::System.Span<float>(value, {Text(headDimension)}));"
        );
    }

    /// <summary>Stores the keys of one head, of four rows or of one, in their panel.</summary>
    private static void EmitStoreKeys(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel, int stride)
    {
        writer.Line(
            $"float* panel = &keys[(head * (nint){Text(kernel.KeysPerHead)}) + (at / {Text(isa.PanelWidth)} * {Text(isa.PanelWidth * kernel.Attention.HeadDimension)}) + (at % {Text(isa.PanelWidth)})];"
        );
        writer.Line($"{StoreKeysName(kernel)}(newKeys, {Text(stride)}, panel, end - first);");
    }

    private static string StoreKeysName(AttentionKernel kernel) => "StoreKeys" + kernel.TilePrefix;

    private static void EmitStoreKeys(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        int headDimension = kernel.Attention.HeadDimension;
        int transposed = isa.Interleaves ? headDimension / KeysTogether * KeysTogether : 0;
        string Key(int row) =>
            row == 0 ? "source"
            : row == 1 ? "&source[stride]"
            : $"&source[{Text(row)} * stride]";
        string At(int element) => element == 0 ? "i" : $"(i + {Text(element)})";
        writer.Separate();
        writer.Line(
            $"// Stores the keys of one position or of four, 'stride' floats apart, as columns of a panel of {headDimension} rows of {isa.PanelWidth}."
        );
        using (writer.Braces($"private static void {StoreKeysName(kernel)}(float* source, nint stride, float* panel, int count)"))
        {
            using (writer.Braces("if (count == 1)"))
            {
                using (writer.Braces($"for (nint i = 0; i < {Text(headDimension)}; i++)"))
                {
                    writer.Line($"panel[i * {Text(isa.PanelWidth)}] = source[i];");
                }

                writer.Line();
                writer.Line("return;");
            }

            writer.Line();
            if (transposed > 0)
            {
                using (writer.Braces($"for (nint i = 0; i < {Text(transposed)}; i += {Text(KeysTogether)})"))
                {
                    // Elements of keys 0 and 2, and of 1 and 3, in turn; then of these in turn.
                    for (int row = 0; row < KeysTogether; row++)
                    {
                        writer.Line($"Vector128<float> key{Text(row)} = Vector128.Load({Key(row)} + i);");
                    }

                    foreach (string half in new[] { "lower", "upper" })
                    {
                        bool upper = half == "upper";
                        int element = upper ? 2 : 0;
                        writer.Line(
                            $"Vector128<float> {half}02 = {isa.Interleave("key0", "key2", upper)}, {half}13 = {isa.Interleave("key1", "key3", upper)};"
                        );
                        writer.Line(
                            $"Vector128.Store({isa.Interleave(half + "02", half + "13", upper: false)}, &panel[{At(element)} * {Text(isa.PanelWidth)}]);"
                        );
                        writer.Line(
                            $"Vector128.Store({isa.Interleave(half + "02", half + "13", upper: true)}, &panel[{At(element + 1)} * {Text(isa.PanelWidth)}]);"
                        );
                    }
                }
            }

            if (transposed < headDimension)
            {
                using (writer.Braces($"for (int i = {Text(transposed)}; i < {Text(headDimension)}; i++)"))
                {
                    writer.Line(
                        $"Vector128.Store(Vector128.Create(source[i], source[i + stride], source[i + (2 * stride)], source[i + (3 * stride)]), &panel[i * {Text(isa.PanelWidth)}]);"
                    );
                }
            }
        }
    }

    /// <summary>Writes what the append kernels of all kinds of layers call, each once.</summary>
    public static void EmitShared(SourceWriter writer, InstructionSetDescription isa, IReadOnlyCollection<AttentionKernel> kernels)
    {
        foreach (
            RotaryPositions rotary in kernels
                .Select(static kernel => kernel.Kind.Positions)
                .OfType<RotaryPositions>()
                .GroupBy(RotateName)
                .Select(static same => same.First())
        )
        {
            EmitRotate(
                writer,
                isa,
                RotateName(rotary),
                rotary.RotaryDimension,
                rotary.Interleaved,
                kernels.First().Attention.HeadDimension
            );
        }

        foreach (AttentionKernel stored in kernels.GroupBy(StoreKeysName).Select(static same => same.First()))
        {
            EmitStoreKeys(writer, isa, stored);
        }

        foreach (
            AttentionKernel scaled in kernels
                .Where(static kernel => kernel.Kind.Positions is not RotaryPositions)
                .GroupBy(ScaleName)
                .Select(static same => same.First())
        )
        {
            EmitScale(writer, isa, ScaleName(scaled), scaled.Attention.HeadDimension);
        }

        if (kernels.FirstOrDefault(static kernel => kernel.Attention.QueryKeyNorm) is { } normalized)
        {
            EmitNormalizeHead(writer, isa, normalized);
        }
    }

    private static string RotateName(RotaryPositions rotary) =>
        (rotary.Interleaved ? "RotatePairs" : "RotateHalves") + Text(rotary.RotaryDimension);

    public static void EmitNormalizeHead(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        int width = kernel.Attention.HeadDimension;
        string epsilon = kernel.Epsilon.ToString("R", CultureInfo.InvariantCulture);
        (string vector, int lanes) = WidestDividing(isa, width);
        string scale =
            $"1 / global::System.MathF.Sqrt(({(lanes == 1 ? "squares" : vector + ".Sum(squares)")} * (1f / {Text(width)})) + {epsilon}f)";
        writer.Separate();
        writer.Line($"// One head: x / sqrt(mean(x^2) + {epsilon}) * weight.");
        using (writer.Braces("private static void NormalizeHead(float* source, float* weight, float* target)"))
        {
            if (lanes == 1)
            {
                writer.Line("float squares = 0;");
                using (writer.Braces($"for (nint i = 0; i < {Text(width)}; i++)"))
                {
                    writer.Line("squares += source[i] * source[i];");
                }

                writer.Line($"float scale = {scale};");
                using (writer.Braces($"for (nint i = 0; i < {Text(width)}; i++)"))
                {
                    writer.Line("target[i] = source[i] * scale * weight[i];");
                }

                return;
            }

            writer.Line($"{vector}<float> squares = {vector}<float>.Zero;");
            using (writer.Braces($"for (nint i = 0; i < {Text(width)}; i += {Text(lanes)})"))
            {
                writer.Line($"squares += {vector}.Load(&source[i]) * {vector}.Load(&source[i]);");
            }

            writer.Line($"float scale = {scale};");
            using (writer.Braces($"for (nint i = 0; i < {Text(width)}; i += {Text(lanes)})"))
            {
                writer.Line($"{vector}.Store({vector}.Load(&source[i]) * scale * {vector}.Load(&weight[i]), &target[i]);");
            }
        }
    }

    /// <summary>The widest vectors of which a count of elements is a multiple, down to 128 bits; single elements if there are none.</summary>
    private static (string Class, int Lanes) WidestDividing(InstructionSetDescription isa, int count)
    {
        int lanes = isa.Lanes;
        while (lanes >= 4 && count % lanes != 0)
        {
            lanes /= 2;
        }

        return lanes < 4 ? ("", 1) : ("Vector" + Text(32 * lanes), lanes);
    }

    private static void EmitRotate(
        SourceWriter writer,
        InstructionSetDescription isa,
        string name,
        int rotaryDimension,
        bool interleaved,
        int headDimension
    )
    {
        int half = rotaryDimension / 2;
        writer.Separate();
        writer.Line(
            interleaved
                ? $"// Turns pairs (2i, 2i + 1) of the first {rotaryDimension} elements; the table holds {half} cosines, then {half} sines."
                : $"// Turns pairs (i, i + {half}); the table holds {half} cosines, then {half} sines."
        );
        using (writer.Braces($"private static void {name}(float* source, float* table, float* target, float scale)"))
        {
            (string vector, int lanes) = WidestDividing(isa, half);
            if (!interleaved && lanes > 1)
            {
                using (writer.Braces($"for (nint i = 0; i < {Text(half)}; i += {Text(lanes)})"))
                {
                    writer.Line($"{vector}<float> cosine = {vector}.Load(&table[i]), sine = {vector}.Load(&table[i + {Text(half)}]);");
                    writer.Line($"{vector}<float> x = {vector}.Load(&source[i]), y = {vector}.Load(&source[i + {Text(half)}]);");
                    writer.Line($"{vector}.Store(((x * cosine) - (y * sine)) * scale, &target[i]);");
                    writer.Line($"{vector}.Store(((y * cosine) + (x * sine)) * scale, &target[i + {Text(half)}]);");
                }
            }
            else
            {
                string first = interleaved ? "2 * i" : "i";
                string second = interleaved ? "(2 * i) + 1" : $"i + {Text(half)}";
                using (writer.Braces($"for (nint i = 0; i < {Text(half)}; i++)"))
                {
                    writer.Line($"float cosine = table[i], sine = table[i + {Text(half)}];");
                    writer.Line($"float x = source[{first}], y = source[{second}];");
                    writer.Line($"target[{first}] = ((x * cosine) - (y * sine)) * scale;");
                    writer.Line($"target[{second}] = ((y * cosine) + (x * sine)) * scale;");
                }
            }

            if (rotaryDimension < headDimension)
            {
                using (writer.Braces($"for (int i = {Text(rotaryDimension)}; i < {Text(headDimension)}; i++)"))
                {
                    writer.Line("target[i] = source[i] * scale;");
                }
            }
        }
    }

    private static string ScaleName(AttentionKernel kernel) => "Scale" + kernel.TilePrefix;

    private static void EmitScale(SourceWriter writer, InstructionSetDescription isa, string name, int headDimension)
    {
        (string vector, int lanes) = WidestDividing(isa, headDimension);
        writer.Separate();
        using (writer.Braces($"private static void {name}(float* source, float* target, float scale)"))
        using (writer.Braces($"for (nint i = 0; i < {Text(headDimension)}; i += {Text(lanes)})"))
        {
            writer.Line(lanes == 1 ? "target[i] = source[i] * scale;" : $"{vector}.Store({vector}.Load(&source[i]) * scale, &target[i]);");
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

using System.Globalization;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Lowering;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>
/// Writes linear attention (Katharopoulos et al. 2020): with φ(x) = elu(x) + 1, a state Σ φ(k) vᵀ and a sum Σ φ(k) for each
/// key/value head, a query's result is φ(q)ᵀ Σ φ(k) vᵀ / (φ(q) · Σ φ(k)). A decoder takes up a row and reads the state in
/// turn; an encoder takes up all rows of the sequence before it reads. Both take up rows one after the other, in one order.
/// </summary>
internal static class LinearAttentionEmitter
{
    /// <summary>The vectors of a result that are summed side by side.</summary>
    private const int Vectors = 4;

    /// <summary>The parameters of the kernel that takes up the rows of an encoder's chunk.</summary>
    public static string AppendParameters(AttentionKernel kernel) => SignatureText.Parameters(kernel, KernelPart.Append);

    public static string Parameters(AttentionKernel kernel) => SignatureText.Parameters(kernel);

    public static void Emit(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        if (kernel.SeesAll)
        {
            EmitAppend(writer, kernel);
            EmitAttend(writer, kernel);
        }
        else
        {
            EmitDecode(writer, kernel);
        }
    }

    /// <summary>Writes what the kernels call, each once.</summary>
    public static void EmitShared(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel, RequiredFunctions functions)
    {
        functions.RequireExponential();
        if (kernel.Attention.QueryKeyNorm)
        {
            new Specializer.Generator.Kernels.Output.MethodPrinter(writer, isa).Print(
                Specializer.Generator.Kernels.Lowering.Attention.HeadNormLowering.Lower(kernel, isa)
            );
        }

        EmitFeatures(writer, isa, kernel);
        EmitTakeUp(writer, isa, kernel);
        EmitRead(writer, isa, kernel);
    }

    private static void EmitDecode(SourceWriter writer, AttentionKernel kernel)
    {
        writer.Separate();
        writer.Line("// Row by row: its key and value into the state, then its queries over the state.");
        using (writer.Braces($"public static void {kernel.Name}({Parameters(kernel)})"))
        {
            writer.Line($"float* query = stackalloc float[{Text(kernel.HeadStride)}];");
            EmitTakeUpRows(
                writer,
                kernel,
                () =>
                {
                    writer.Line(Features(kernel, "&features[at]", "queryNorm", "query"));
                    writer.Line($"ReadState(state, sum, query, &output[((nint)row * {Text(kernel.OutputStride)}) + at]);");
                }
            );
        }
    }

    private static void EmitAppend(SourceWriter writer, AttentionKernel kernel)
    {
        writer.Separate();
        writer.Line("// Keys and values of a chunk into the states; its queries wait for those of the whole sequence.");
        using (writer.Braces($"public static void {kernel.AppendName}({AppendParameters(kernel)})"))
        {
            EmitTakeUpRows(
                writer,
                kernel,
                () =>
                    writer.Line(
                        Features(
                            kernel,
                            "&features[at]",
                            "queryNorm",
                            $"&queries[((((nint)head * {Text(kernel.QueryRows)}) + row) * {Text(kernel.Attention.GroupSize * kernel.HeadStride)}) + (member * {Text(kernel.HeadStride)})]"
                        )
                    )
            );
        }
    }

    /// <summary>The rows of a chunk, head by head, into the states, and with each row its queries.</summary>
    private static void EmitTakeUpRows(SourceWriter writer, AttentionKernel kernel, System.Action emitQuery)
    {
        int group = kernel.Attention.GroupSize;
        using (writer.Braces($"for (int head = worker; head < {Text(kernel.Attention.KeyValueHeads)}; head += workers)"))
        {
            EmitState(writer, kernel, begins: "position == 0");
            using (writer.Braces("for (int row = 0; row < rows; row++)"))
            {
                EmitTakeUpRow(writer, kernel);
                using (writer.Braces($"for (int member = 0; member < {Text(group)}; member++)"))
                {
                    writer.Line($"int at = ((head * {Text(group)}) + member) * {Text(kernel.Attention.HeadDimension)};");
                    emitQuery();
                }
            }
        }
    }

    private static void EmitAttend(SourceWriter writer, AttentionKernel kernel)
    {
        int headDimension = kernel.Attention.HeadDimension,
            group = kernel.Attention.GroupSize;
        writer.Separate();
        writer.Line("// The queries of a chunk over the states of the whole sequence.");
        using (writer.Braces($"public static void {kernel.Name}({Parameters(kernel)})"))
        using (writer.Braces($"for (int unit = worker; unit < rows * {Text(kernel.Attention.KeyValueHeads)}; unit += workers)"))
        {
            writer.Line($"int head = unit % {Text(kernel.Attention.KeyValueHeads)}, row = unit / {Text(kernel.Attention.KeyValueHeads)};");
            EmitState(writer, kernel, begins: null);
            writer.Line($"float* query = &queries[(((nint)head * {Text(kernel.QueryRows)}) + row) * {Text(group * kernel.HeadStride)}];");
            writer.Line($"float* target = &output[((nint)row * {Text(kernel.OutputStride)}) + (head * {Text(group * headDimension)})];");
            using (writer.Braces($"for (int member = 0; member < {Text(group)}; member++)"))
            {
                writer.Line($"ReadState(state, sum, &query[member * {Text(kernel.HeadStride)}], &target[member * {Text(headDimension)}]);");
            }
        }
    }

    private static void EmitState(SourceWriter writer, AttentionKernel kernel, string? begins)
    {
        writer.Line($"float* state = &states[head * (nint){Text(kernel.KeysPerHead)}];");
        writer.Line($"float* sum = &sums[head * (nint){Text(kernel.ValuesPerHead)}];");
        if (begins is not null)
        {
            using (writer.Braces($"if ({begins})"))
            {
                writer.Line($"new global::System.Span<float>(state, {Text(kernel.KeysPerHead)}).Clear();");
                writer.Line($"new global::System.Span<float>(sum, {Text(kernel.ValuesPerHead)}).Clear();");
            }

            writer.Line();
        }
    }

    /// <summary>The row's key is mapped where it lies, which nobody reads again.</summary>
    private static void EmitTakeUpRow(SourceWriter writer, AttentionKernel kernel)
    {
        int headDimension = kernel.Attention.HeadDimension,
            heads = kernel.Attention.Heads,
            keyValueHeads = kernel.Attention.KeyValueHeads;
        writer.Line($"float* features = &projected[(nint)row * {Text(kernel.InputStride)}];");
        writer.Line(
            $"TakeUp(state, sum, &features[{Text(heads * headDimension)} + (head * {Text(headDimension)})], {(kernel.Attention.QueryKeyNorm ? "keyNorm, " : "")}&features[{Text((heads + keyValueHeads) * headDimension)} + (head * {Text(headDimension)})]);"
        );
    }

    private static string Features(AttentionKernel kernel, string source, string norm, string target) =>
        $"Features({source}, {(kernel.Attention.QueryKeyNorm ? norm + ", " : "")}{target});";

    private static void EmitFeatures(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        int headDimension = kernel.Attention.HeadDimension;
        writer.Separate();
        writer.Line("// elu(x) + 1 of one head: x + 1 above 0, e^x below.");
        using (
            writer.Braces(
                $"private static void Features(float* source, {(kernel.Attention.QueryKeyNorm ? "float* norm, " : "")}float* target)"
            )
        )
        {
            writer.Line(
                kernel.Attention.QueryKeyNorm
                    ? "NormalizeHead(source, norm, target);"
                    : $"new global::System.Span<float>(source, {Text(headDimension)}).CopyTo(new global::System.Span<float>(target, {Text(headDimension)}));"
            );
            using (writer.Braces($"for (nint i = 0; i < {Text(kernel.HeadStride)}; i += {Text(isa.Lanes)})"))
            {
                writer.Line($"{isa.Vector} x = {isa.Load("&target[i]")};");
                writer.Line(
                    $"{isa.VectorClass}.Store({isa.VectorClass}.ConditionalSelect({isa.VectorClass}.GreaterThan(x, {isa.Zero}), x + {isa.Broadcast("1f")}, Exponential(x)), &target[i]);"
                );
            }

            if (headDimension < kernel.HeadStride)
            {
                writer.Line("// What fills the head up counts for nothing.");
                writer.Line(
                    $"new global::System.Span<float>(&target[{Text(headDimension)}], {Text(kernel.HeadStride - headDimension)}).Clear();"
                );
            }
        }
    }

    private static void EmitTakeUp(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        int headDimension = kernel.Attention.HeadDimension;
        string stride = Text(kernel.HeadStride);
        writer.Separate();
        writer.Line("// Adds the key's features times the value to a head's state, and the features to its sum.");
        using (
            writer.Braces(
                $"private static void TakeUp(float* state, float* sum, float* projectedKey, {(kernel.Attention.QueryKeyNorm ? "float* norm, " : "")}float* projectedValue)"
            )
        )
        {
            writer.Line($"float* key = stackalloc float[{Text(2 * kernel.HeadStride)}];");
            writer.Line($"float* value = &key[{stride}];");
            writer.Line($"Features(projectedKey, {(kernel.Attention.QueryKeyNorm ? "norm, " : "")}key);");
            if (headDimension < kernel.HeadStride)
            {
                writer.Line($"new global::System.Span<float>(value, {stride}).Clear();");
            }

            writer.Line(
                $"new global::System.Span<float>(projectedValue, {Text(headDimension)}).CopyTo(new global::System.Span<float>(value, {Text(headDimension)}));"
            );
            using (writer.Braces($"for (nint i = 0; i < {stride}; i += {Text(isa.Lanes)})"))
            {
                writer.Line($"{isa.VectorClass}.Store({isa.Load("&sum[i]")} + {isa.Load("&key[i]")}, &sum[i]);");
            }

            writer.Line();
            using (writer.Braces($"for (nint i = 0; i < {Text(headDimension)}; i++, state = &state[{stride}])"))
            {
                writer.Line($"{isa.Vector} feature = {isa.Broadcast("key[i]")};");
                using (writer.Braces($"for (int column = 0; column < {stride}; column += {Text(isa.Lanes)})"))
                {
                    writer.Line(
                        $"{isa.VectorClass}.Store({isa.MultiplyAdd(isa.Load("&state[column]"), "feature", isa.Load("&value[column]"))}, &state[column]);"
                    );
                }
            }
        }
    }

    private static void EmitRead(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        int headDimension = kernel.Attention.HeadDimension;
        string stride = Text(kernel.HeadStride);
        writer.Separate();
        writer.Line("// One query's result: its features times the state, divided by its features times the sum.");
        using (writer.Braces("private static void ReadState(float* state, float* sum, float* query, float* output)"))
        {
            writer.Line($"float* result = stackalloc float[{stride}];");
            writer.Line($"{isa.Vector} weights = {isa.Zero};");
            using (writer.Braces($"for (nint i = 0; i < {stride}; i += {Text(isa.Lanes)})"))
            {
                writer.Line($"weights = {isa.MultiplyAdd("weights", isa.Load("&query[i]"), isa.Load("&sum[i]"))};");
            }

            writer.Line();
            writer.Line($"{isa.Vector} scale = {isa.Broadcast($"1 / {isa.VectorClass}.Sum(weights)")};");
            int column = 0;
            while (column < kernel.HeadStride)
            {
                int vectors = System.Math.Min(Vectors, (kernel.HeadStride - column) / isa.Lanes),
                    width = vectors * isa.Lanes;
                int end = column + ((kernel.HeadStride - column) / width * width);
                using (
                    end - column > width
                        ? writer.Braces($"for (int column = {Text(column)}; column < {Text(end)}; column += {Text(width)})")
                        : writer.Scope()
                )
                {
                    string first = end - column > width ? "column" : Text(column);
                    for (int vector = 0; vector < vectors; vector++)
                    {
                        writer.Line($"{isa.Vector} total{vector} = {isa.Zero};");
                    }

                    writer.Line($"float* row = &state[{first}];");
                    using (writer.Braces($"for (nint i = 0; i < {Text(headDimension)}; i++, row = &row[{stride}])"))
                    {
                        writer.Line($"{isa.Vector} feature = {isa.Broadcast("query[i]")};");
                        for (int vector = 0; vector < vectors; vector++)
                        {
                            writer.Line(
                                $"total{vector} = {isa.MultiplyAdd("total" + vector, "feature", isa.Load(vector == 0 ? "row" : $"row + {Text(vector * isa.Lanes)}"))};"
                            );
                        }
                    }

                    for (int vector = 0; vector < vectors; vector++)
                    {
                        writer.Line(
                            $"{isa.VectorClass}.Store(total{vector} * scale, &result[{first}{(vector == 0 ? "" : " + " + Text(vector * isa.Lanes))}]);"
                        );
                    }
                }

                column = end;
            }

            writer.Line();
            writer.Line(
                $"new global::System.Span<float>(result, {Text(headDimension)}).CopyTo(new global::System.Span<float>(output, {Text(headDimension)}));"
            );
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

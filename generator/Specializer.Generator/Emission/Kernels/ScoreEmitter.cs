using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Lowering;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>Writes what happens to scores on their way to weights: cap, biases by distance, window, and the softmax of a block.</summary>
internal static class ScoreEmitter
{
    /// <summary>Writes what the attention of all kinds of layers calls, each once.</summary>
    public static void EmitShared(
        SourceWriter writer,
        InstructionSetDescription isa,
        IReadOnlyCollection<AttentionKernel> kernels,
        RequiredFunctions functions
    )
    {
        functions.RequirePowerOfTwo();
        EmitHighestAndWeights(writer, isa);
        if (kernels.First().Attention.SoftCap > 0)
        {
            functions.RequireHyperbolicTangent();
            EmitCapScores(writer, isa, kernels.First().Attention.SoftCap);
        }

        if (kernels.Any(static kernel => kernel.GlobalTokens))
        {
            EmitHideUnseen(writer, isa);
        }

        if (kernels.Any(static kernel => kernel.Kind.Positions is AlibiPositions))
        {
            EmitAddDistances(writer, isa);
        }

        if (kernels.Any(static kernel => kernel.Kind.Positions is RelativePositions))
        {
            EmitAddBias(writer, isa);
        }
    }

    /// <summary>
    /// The weight of a score, e to the power of what it is below the highest one, as a power of two: of the difference, which is
    /// small where it matters, however large the scores are.
    /// </summary>
    public static string Weight(InstructionSetDescription isa, string score, string highest) =>
        $"PowerOfTwo(({highest} - {score}) * {isa.Broadcast("-1.44269504f")})";

    /// <summary>What happens to a query's scores of a block before the softmax.</summary>
    public static void EmitChanges(SourceWriter writer, AttentionKernel kernel, string queryPosition)
    {
        if (kernel.Attention.SoftCap > 0)
        {
            writer.Line("CapScores(&scores[row * KeyBlock], visible);");
        }

        if (kernel.Kind.Positions is AlibiPositions)
        {
            int group = kernel.Attention.GroupSize;
            writer.Line(
                $"AddDistances(&scores[row * KeyBlock], visible, slopes[{(group == 1 ? "0" : $"(first + row) % {Text(group)}")}], block - ({queryPosition}));"
            );
        }

        if (kernel.Kind.Positions is RelativePositions)
        {
            // A head's biases begin as far before that of distance 0 as the context is long.
            int group = kernel.Attention.GroupSize;
            string head = group == 1 ? "" : $"((first + row) % {Text(group)} * {Text(kernel.BiasStride)}) + ";
            writer.Line($"AddBias(&scores[row * KeyBlock], visible, &bias[{head}{Text(kernel.BiasOrigin)} + block - ({queryPosition})]);");
        }

        if (kernel.Kind.Band > 0)
        {
            EmitBand(writer, kernel, queryPosition);
        }

        if (kernel.Kind.Window > 0)
        {
            writer.Line($"int hidden = global::System.Math.Clamp({queryPosition} - {Text(kernel.Kind.Window - 1)} - block, 0, visible);");
            writer.Line("visible = hidden == visible ? 0 : visible;");
            writer.Line("new global::System.Span<float>(&scores[row * KeyBlock], hidden).Fill(float.MinValue);");
        }
    }

    /// <summary>Keys beyond the band are hidden, but for global ones; a query that sees none of a block leaves it out.</summary>
    private static void EmitBand(SourceWriter writer, AttentionKernel kernel, string queryPosition)
    {
        string band = Text(kernel.Kind.Band);
        writer.Line(
            $"int from = global::System.Math.Clamp({queryPosition} - {band} - block, 0, count), to = global::System.Math.Clamp({queryPosition} + {Text(kernel.Kind.Band + 1)} - block, 0, count);"
        );
        if (kernel.GlobalTokens)
        {
            using (writer.Braces("if (from > 0 || to < count)"))
            {
                writer.Line("HideUnseen(&scores[row * KeyBlock], &globalsBefore[block], from, to, count);");
            }

            writer.Line();
            writer.Line("visible = from < to || hasGlobals ? count : 0;");
        }
        else
        {
            writer.Line("new global::System.Span<float>(&scores[row * KeyBlock], from).Fill(float.MinValue);");
            writer.Line("visible = from < to ? to : 0;");
        }
    }

    private static void EmitHideUnseen(SourceWriter writer, InstructionSetDescription isa)
    {
        writer.Separate();
        writer.Line(
            "// Hides the keys of a block that are neither in the band, from one to another, nor global; of those more stand before the next key."
        );
        using (writer.Braces("private static void HideUnseen(float* scores, int* globalsBefore, int from, int to, int count)"))
        using (writer.Braces($"for (int i = 0; i < count; i += {Text(isa.Lanes)})"))
        {
            string vectors = isa.VectorClass;
            writer.Line($"{vectors}<int> keys = {vectors}<int>.Indices + {vectors}.Create(i);");
            writer.Line(
                $"{vectors}<int> near = {vectors}.GreaterThanOrEqual(keys, {vectors}.Create(from)) & {vectors}.LessThan(keys, {vectors}.Create(to));"
            );
            writer.Line(
                $"{vectors}<int> everywhere = {vectors}.GreaterThan({vectors}.Load(&globalsBefore[i + 1]), {vectors}.Load(&globalsBefore[i]));"
            );
            writer.Line(
                $"{vectors}.Store({vectors}.ConditionalSelect((near | everywhere).AsSingle(), {isa.Load("&scores[i]")}, {isa.Broadcast("float.MinValue")}), &scores[i]);"
            );
        }
    }

    private static void EmitCapScores(SourceWriter writer, InstructionSetDescription isa, float softCap)
    {
        string cap = softCap.ToString("R", CultureInfo.InvariantCulture) + "f";
        writer.Separate();
        writer.Line($"// {cap} * tanh(score / {cap}).");
        using (writer.Braces("private static void CapScores(float* scores, int count)"))
        using (writer.Braces($"for (nint i = 0; i < count; i += {Text(isa.Lanes)})"))
        {
            writer.Line($"{isa.VectorClass}.Store(HyperbolicTangent({isa.Load("&scores[i]")} * (1 / {cap})) * {cap}, &scores[i]);");
        }
    }

    private static void EmitAddDistances(SourceWriter writer, InstructionSetDescription isa)
    {
        writer.Separate();
        writer.Line("// Adds slope * (key's position - query's position); 'distance' is that of the block's first key.");
        using (writer.Braces("private static void AddDistances(float* scores, int count, float slope, int distance)"))
        using (writer.Braces($"for (int i = 0; i < count; i += {Text(isa.Lanes)})"))
        {
            writer.Line(
                $"{isa.Vector} distances = {isa.VectorClass}.ConvertToSingle({isa.VectorClass}<int>.Indices + {isa.VectorClass}.Create(distance + i));"
            );
            writer.Line(
                $"{isa.VectorClass}.Store({isa.MultiplyAdd(isa.Load("&scores[i]"), "distances", isa.Broadcast("slope"))}, &scores[i]);"
            );
        }
    }

    private static void EmitAddBias(SourceWriter writer, InstructionSetDescription isa)
    {
        writer.Separate();
        writer.Line("// Adds the bias of every key's distance; 'bias' is that of the block's first key.");
        using (writer.Braces("private static void AddBias(float* scores, int count, float* bias)"))
        using (writer.Braces($"for (nint i = 0; i < count; i += {Text(isa.Lanes)})"))
        {
            writer.Line($"{isa.VectorClass}.Store({isa.Load("&scores[i]")} + {isa.Load("&bias[i]")}, &scores[i]);");
        }
    }

    private static void EmitHighestAndWeights(SourceWriter writer, InstructionSetDescription isa)
    {
        string lanes = Text(isa.Lanes);
        string whole = $"visible & ~{Text(isa.Lanes - 1)}";
        string seen =
            $"{isa.Vector} seen = {isa.VectorClass}.LessThan({isa.VectorClass}<int>.Indices, {isa.VectorClass}.Create(visible - whole)).AsSingle();";
        string weight = Weight(isa, isa.Load("&scores[key]"), "top");
        writer.Separate();
        writer.Line("// The highest of one query's visible scores of a block, or of those before.");
        using (writer.Braces("private static float HighestScore(float* scores, int visible, float before)"))
        {
            writer.Line($"int whole = {whole};");
            writer.Line($"{isa.Vector} highest = {isa.Broadcast("before")};");
            using (writer.Braces($"for (nint i = 0; i < whole; i += {lanes})"))
            {
                writer.Line($"highest = {isa.VectorClass}.MaxNative(highest, {isa.Load("&scores[i]")});");
            }

            using (writer.Braces("if (whole < visible)"))
            {
                writer.Line(seen);
                writer.Line(
                    $"highest = {isa.VectorClass}.MaxNative(highest, {isa.VectorClass}.ConditionalSelect(seen, {isa.Load("&scores[whole]")}, highest));"
                );
            }

            string half = "highest";
            for (int bits = isa.Lanes * 32; bits > 128; bits /= 2)
            {
                string next = "highest" + Text(bits / 2);
                writer.Line(
                    $"Vector{Text(bits / 2)}<float> {next} = Vector{Text(bits / 2)}.MaxNative({half}.GetLower(), {half}.GetUpper());"
                );
                half = next;
            }

            writer.Line($"{half} = Vector128.MaxNative({half}, Vector128.Shuffle({half}, Vector128.Create(2, 3, 0, 1)));");
            writer.Line($"return Vector128.MaxNative({half}, Vector128.Shuffle({half}, Vector128.Create(1, 0, 3, 2))).ToScalar();");
        }

        writer.Separate();
        writer.Line(
            "// Turns one query's scores of a block into weights relative to the highest score, 0 from 'visible' on, and sums them lane by lane."
        );
        writer.Line(
            "[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]"
        );
        using (writer.Braces($"private static {isa.Vector} WeighScores(float* scores, int visible, int count, float highest)"))
        {
            writer.Line($"int whole = {whole}, key = 0;");
            writer.Line($"{isa.Vector} top = {isa.Broadcast("highest")}, total = {isa.Zero};");
            using (writer.Braces($"for (; key < whole; key += {lanes})"))
            {
                writer.Line($"{isa.Vector} weight = {weight};");
                writer.Line($"{isa.VectorClass}.Store(weight, &scores[key]);");
                writer.Line("total += weight;");
            }

            using (writer.Braces("if (whole < visible)"))
            {
                writer.Line(seen);
                writer.Line($"{isa.Vector} weight = {weight} & seen;");
                writer.Line($"{isa.VectorClass}.Store(weight, &scores[key]);");
                writer.Line("total += weight;");
                writer.Line($"key += {lanes};");
            }

            using (writer.Braces($"for (; key < count; key += {lanes})"))
            {
                writer.Line($"{isa.VectorClass}.Store({isa.Zero}, &scores[key]);");
            }

            writer.Line("return total;");
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

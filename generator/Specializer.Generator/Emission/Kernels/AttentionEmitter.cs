using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>
/// Writes attention over the cache: blocks of keys pass by, and every query keeps a running maximum, a running sum and
/// a running result (the online softmax of Milakov and Gimelshein 2018, tiled as in Dao et al. 2022), so that memory
/// does not grow with the square of the length.
/// </summary>
internal static class AttentionEmitter
{
    private const int KeyBlock = Layout.KeyBlock;

    public static string Parameters(AttentionKernel kernel) =>
        "float* queries, float* keys, float* values, " + Table(kernel) + "float* output, int position, " + Visibility(kernel) + "int rows, int worker, int workers";

    public static IEnumerable<TileShape> Tiles(AttentionKernel kernel, InstructionSetDescription isa)
    {
        yield return ScoreTile(kernel, isa);
        foreach (TileShape tile in ValueTiles(kernel, isa))
        {
            yield return tile;
        }
    }

    public static void Emit(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        EmitAttend(writer, isa, kernel);
        EmitAttendTile(writer, isa, kernel);
    }

    /// <summary>Writes what the attention of all kinds of layers calls, each once.</summary>
    public static void EmitShared(SourceWriter writer, InstructionSetDescription isa, IReadOnlyCollection<AttentionKernel> kernels, RequiredFunctions functions)
    {
        functions.RequireExponential();
        EmitSoftmax(writer, isa);
        if (kernels.First().Attention.SoftCap > 0)
        {
            functions.RequireHyperbolicTangent();
            EmitCapScores(writer, isa, kernels.First().Attention.SoftCap);
        }

        if (kernels.Any(static kernel => kernel.GlobalTokens))
        {
            EmitHideLocal(writer);
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

    /// <summary>Shares out the work: whole heads while decoding, tiles of queries in a prefill.</summary>
    private static void EmitAttend(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        int group = kernel.Attention.GroupSize;
        string table = kernel.Kind.Positions switch
        {
            AlibiPositions => $"slopes + (head * {Text(group)}), ",
            RelativePositions => $"bias + (head * {Text((long)group * kernel.BiasStride)}), ",
            _ => "",
        };
        writer.Separate();
        writer.Line($"// Each of {kernel.Attention.KeyValueHeads} key/value heads serves {group} query head{(group == 1 ? "" : "s")}; its queries, [row][head of the group], lie one after the other.");
        using (writer.Braces($"public static void {kernel.Name}({Parameters(kernel)})"))
        {
            writer.Line($"const int KeyValueHeads = {Text(kernel.Attention.KeyValueHeads)}, GroupSize = {Text(group)};");
            writer.Line($"float* scratch = stackalloc float[{Text(ScratchFloats(kernel, isa))}];");
            writer.Line("int queryRows = rows * GroupSize;");
            writer.Line($"int unitRows = rows == 1 ? GroupSize : {Text(isa.TileRows)};");
            writer.Line("int unitsPerHead = (queryRows + unitRows - 1) / unitRows;");
            using (writer.Braces("for (int unit = worker; unit < KeyValueHeads * unitsPerHead; unit += workers)"))
            {
                writer.Line("nint head = unit / unitsPerHead;");
                writer.Line("int first = unit % unitsPerHead * unitRows;");
                writer.Line("int end = global::System.Math.Min(first + unitRows, queryRows);");
                writer.Line($"float* headQueries = queries + (head * {Text(kernel.QueryFloats / kernel.Attention.KeyValueHeads)});");
                writer.Line($"float* headKeys = keys + (head * {Text(kernel.KeysPerHead)});");
                writer.Line($"float* headValues = values + (head * {Text(kernel.ValuesPerHead)});");
                writer.Line($"float* headOutput = output + (head * {Text(group * kernel.Attention.HeadDimension)});");
                using (writer.Braces("for (int height; first < end; first += height)"))
                {
                    writer.Line("height = NextTileRows(end - first);");
                    writer.Line($"{kernel.Name}Tile(headQueries, headKeys, headValues, {table}headOutput, position, {VisibilityArguments(kernel)}first, height, scratch);");
                }
            }
        }
    }

    private static void EmitAttendTile(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        int headDimension = kernel.Attention.HeadDimension;
        int headStride = kernel.HeadStride;
        int group = kernel.Attention.GroupSize;
        int window = kernel.Kind.Window;
        string queryPosition = group == 1 ? "position + first + row" : $"position + ((first + row) / {Text(group)})";
        string lastVisible = kernel.SeesAll ? "length" : group == 1 ? "position + first + height" : $"position + ((first + height - 1) / {Text(group)}) + 1";
        int band = kernel.Kind.Band;
        if (kernel.SeesPrefix)
        {
            lastVisible = $"global::System.Math.Max({lastVisible}, prefix)";
        }

        string slot = window > 0 ? "slot" : "block";
        writer.Separate();
        writer.Line("// Queries first to first + height - 1 of one key/value head, block of keys by block of keys.");
        writer.Line("[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]");
        using (writer.Braces($"private static void {kernel.Name}Tile(float* queries, float* keys, float* values, {Table(kernel)}float* output, int position, {Visibility(kernel)}int first, int height, float* scratch)"))
        {
            writer.Line($"const int KeyBlock = {KeyBlock};");
            writer.Line($"float* scores = scratch;");
            writer.Line($"float* results = scores + {Text(isa.TileRows * KeyBlock)};");
            writer.Line($"float* sums = results + {Text(isa.TileRows * headStride)};");
            writer.Line($"float* maxima = sums + {Text(isa.TileRows * isa.Lanes)};");
            writer.Line($"float* factors = maxima + {Text(isa.TileRows)};");
            writer.Line($"new global::System.Span<float>(results, height * {Text(headStride)}).Clear();");
            writer.Line($"new global::System.Span<float>(sums, height * {Text(isa.Lanes)}).Clear();");
            writer.Line("new global::System.Span<float>(maxima, height).Fill(float.MinValue);");
            writer.Line($"queries += (nint)first * {Text(headStride)};");
            writer.Line($"int lastVisible = {lastVisible};");
            if (window > 0)
            {
                string firstPosition = group == 1 ? "position + first" : $"position + (first / {Text(group)})";
                writer.Line($"int firstVisible = global::System.Math.Max(0, {firstPosition} - {Text(window - 1)});");
            }

            if (band > 0)
            {
                string firstPosition = group == 1 ? "position + first" : $"position + (first / {Text(group)})";
                string lastPosition = group == 1 ? "position + first + height" : $"position + ((first + height - 1) / {Text(group)}) + 1";
                writer.Line($"int firstVisible = global::System.Math.Max(0, {firstPosition} - {Text(band)});");
                writer.Line(kernel.GlobalTokens ? $"int endVisible = {lastPosition} + {Text(band)};" : $"lastVisible = global::System.Math.Min(lastVisible, {lastPosition} + {Text(band)});");
            }

            using (writer.Braces($"for (int block = {(window > 0 || (band > 0 && !kernel.GlobalTokens) ? "firstVisible & -KeyBlock" : "0")}; block < lastVisible; block += KeyBlock)"))
            {
                if (window > 0)
                {
                    writer.Line($"int slot = block % {Text(kernel.CacheLength)};");
                }

                writer.Line("int count = global::System.Math.Min(KeyBlock, lastVisible - block);");
                if (kernel.GlobalTokens)
                {
                    writer.Line("bool hasGlobals = globalsBefore[block + count] > globalsBefore[block];");
                    using (writer.Braces("if (!hasGlobals && (block + count <= firstVisible || block >= endVisible))"))
                    {
                        writer.Line("continue;");
                    }

                    writer.Line();
                }

                using (writer.Braces($"for (int key = 0; key < count; key += {Text(isa.PanelWidth)})"))
                {
                    writer.Line($"float* panel = keys + ((nint)({slot} + key) * {Text(headDimension)});");
                    TileEmitter.EmitSwitch(writer, isa, ScoreTile(kernel, isa), "height", "queries, panel, scores + key");
                }

                using (writer.Braces("for (int row = 0; row < height; row++)"))
                {
                    writer.Line(kernel.SeesAll ? "int visible = count;"
                        : kernel.SeesPrefix ? $"int visible = global::System.Math.Clamp(global::System.Math.Max({queryPosition} + 1, prefix) - block, 0, count);"
                        : $"int visible = global::System.Math.Clamp({queryPosition} + 1 - block, 0, count);");
                    EmitScoreChanges(writer, kernel, queryPosition);
                    writer.Line($"factors[row] = SoftmaxBlock(scores + (row * KeyBlock), visible, count, maxima + row, sums + (row * {Text(isa.Lanes)}));");
                }

                writer.Line($"float* blockValues = values + ((nint){slot} * {Text(headStride)});");
                int column = 0;
                foreach (TileShape tile in ValueTiles(kernel, isa))
                {
                    int end = tile.Vectors == isa.PanelVectors ? headStride / isa.PanelWidth * isa.PanelWidth : headStride;
                    int width = tile.Vectors * isa.Lanes;
                    if (end - column == width)
                    {
                        string At(string pointer) => column == 0 ? pointer : pointer + " + " + Text(column);
                        TileEmitter.EmitSwitch(writer, isa, tile, "height", $"scores, {At("blockValues")}, {At("results")}, factors, count");
                    }
                    else
                    {
                        using (writer.Braces($"for (int column = {Text(column)}; column < {Text(end)}; column += {Text(width)})"))
                        {
                            TileEmitter.EmitSwitch(writer, isa, tile, "height", "scores, blockValues + column, results + column, factors, count");
                        }
                    }

                    column = end;
                }
            }

            using (writer.Braces("for (int row = 0; row < height; row++)"))
            {
                writer.Line($"float* result = results + (row * {Text(headStride)});");
                writer.Line($"float* target = output + ({(group == 1 ? "" : "(nint)")}(first + row){(group == 1 ? $" * (nint){Text(kernel.OutputStride)}" : $" / {Text(group)} * {Text(kernel.OutputStride)}")}){(group == 1 ? "" : $" + ((first + row) % {Text(group)} * {Text(headDimension)})")};");
                writer.Line($"float scale = 1 / {isa.VectorClass}.Sum({isa.Load($"sums + (row * {Text(isa.Lanes)})")});");
                int whole = headDimension / isa.Lanes * isa.Lanes;
                if (whole > 0)
                {
                    using (writer.Braces($"for (int i = 0; i < {Text(whole)}; i += {Text(isa.Lanes)})"))
                    {
                        writer.Line($"{isa.VectorClass}.Store({isa.Load("result + i")} * scale, target + i);");
                    }
                }

                if (whole < headDimension)
                {
                    using (writer.Braces($"for (int i = {Text(whole)}; i < {Text(headDimension)}; i++)"))
                    {
                        writer.Line("target[i] = result[i] * scale;");
                    }
                }
            }
        }
    }

    /// <summary>What positions are known by, where scores know them.</summary>
    private static string Table(AttentionKernel kernel) => kernel.Kind.Positions switch
    {
        AlibiPositions => "float* slopes, ",
        RelativePositions => "float* bias, ",
        _ => "",
    };

    /// <summary>What a query sees beside what its position says: the whole sequence, global tokens, a prefix.</summary>
    private static string Visibility(AttentionKernel kernel) =>
        (kernel.SeesAll ? "int length, " : "") + (kernel.GlobalTokens ? "int* globalsBefore, " : "") + (kernel.SeesPrefix ? "int prefix, " : "");

    private static string VisibilityArguments(AttentionKernel kernel) =>
        (kernel.SeesAll ? "length, " : "") + (kernel.GlobalTokens ? "globalsBefore, " : "") + (kernel.SeesPrefix ? "prefix, " : "");

    /// <summary>What happens to a query's scores of a block before the softmax.</summary>
    private static void EmitScoreChanges(SourceWriter writer, AttentionKernel kernel, string queryPosition)
    {
        if (kernel.Attention.SoftCap > 0)
        {
            writer.Line("CapScores(scores + (row * KeyBlock), count);");
        }

        if (kernel.Kind.Positions is AlibiPositions)
        {
            int group = kernel.Attention.GroupSize;
            writer.Line($"AddDistances(scores + (row * KeyBlock), count, slopes[{(group == 1 ? "0" : $"(first + row) % {Text(group)}")}], block - ({queryPosition}));");
        }

        if (kernel.Kind.Positions is RelativePositions)
        {
            // A head's biases begin as far before that of distance 0 as the cache is long.
            int group = kernel.Attention.GroupSize;
            string head = group == 1 ? "" : $"((first + row) % {Text(group)} * {Text(kernel.BiasStride)}) + ";
            writer.Line($"AddBias(scores + (row * KeyBlock), count, bias + {head}{Text(kernel.CacheLength)} + block - ({queryPosition}));");
        }

        if (kernel.Kind.Band > 0)
        {
            EmitBand(writer, kernel, queryPosition);
        }

        if (kernel.Kind.Window > 0)
        {
            writer.Line($"int hidden = global::System.Math.Clamp({queryPosition} - {Text(kernel.Kind.Window - 1)} - block, 0, visible);");
            writer.Line("visible = hidden == visible ? 0 : visible;");
            writer.Line("new global::System.Span<float>(scores + (row * KeyBlock), hidden).Fill(float.MinValue);");
        }
    }

    /// <summary>Keys beyond the band are hidden, but for global ones; a query that sees none of a block leaves it out.</summary>
    private static void EmitBand(SourceWriter writer, AttentionKernel kernel, string queryPosition)
    {
        string band = Text(kernel.Kind.Band);
        writer.Line($"int from = global::System.Math.Clamp({queryPosition} - {band} - block, 0, count), to = global::System.Math.Clamp({queryPosition} + {Text(kernel.Kind.Band + 1)} - block, 0, count);");
        if (kernel.GlobalTokens)
        {
            writer.Line("HideLocal(scores + (row * KeyBlock), globalsBefore + block, 0, from);");
            writer.Line("HideLocal(scores + (row * KeyBlock), globalsBefore + block, to, count);");
            writer.Line("visible = from < to || hasGlobals ? count : 0;");
        }
        else
        {
            writer.Line("new global::System.Span<float>(scores + (row * KeyBlock), from).Fill(float.MinValue);");
            writer.Line("visible = from < to ? to : 0;");
        }
    }

    private static void EmitHideLocal(SourceWriter writer)
    {
        writer.Separate();
        writer.Line("// Hides the keys from one to another that are not global.");
        using (writer.Braces("private static void HideLocal(float* scores, int* globalsBefore, int from, int to)"))
        using (writer.Braces("for (int i = from; i < to; i++)"))
        {
            writer.Line("scores[i] = globalsBefore[i + 1] > globalsBefore[i] ? scores[i] : float.MinValue;");
        }
    }

    private static void EmitCapScores(SourceWriter writer, InstructionSetDescription isa, float softCap)
    {
        string cap = softCap.ToString("R", CultureInfo.InvariantCulture) + "f";
        writer.Separate();
        writer.Line($"// {cap} * tanh(score / {cap}).");
        using (writer.Braces("private static void CapScores(float* scores, int count)"))
        using (writer.Braces($"for (int i = 0; i < count; i += {Text(isa.Lanes)})"))
        {
            writer.Line($"{isa.VectorClass}.Store(HyperbolicTangent({isa.Load("scores + i")} * (1 / {cap})) * {cap}, scores + i);");
        }
    }

    private static void EmitAddDistances(SourceWriter writer, InstructionSetDescription isa)
    {
        writer.Separate();
        writer.Line("// Adds slope * (key's position - query's position); 'distance' is that of the block's first key.");
        using (writer.Braces("private static void AddDistances(float* scores, int count, float slope, int distance)"))
        using (writer.Braces($"for (int i = 0; i < count; i += {Text(isa.Lanes)})"))
        {
            writer.Line($"{isa.Vector} distances = {isa.VectorClass}.ConvertToSingle({isa.VectorClass}<int>.Indices + {isa.VectorClass}.Create(distance + i));");
            writer.Line($"{isa.VectorClass}.Store({isa.MultiplyAdd(isa.Load("scores + i"), "distances", isa.Broadcast("slope"))}, scores + i);");
        }
    }

    private static void EmitAddBias(SourceWriter writer, InstructionSetDescription isa)
    {
        writer.Separate();
        writer.Line("// Adds the bias of every key's distance; 'bias' is that of the block's first key.");
        using (writer.Braces("private static void AddBias(float* scores, int count, float* bias)"))
        using (writer.Braces($"for (int i = 0; i < count; i += {Text(isa.Lanes)})"))
        {
            writer.Line($"{isa.VectorClass}.Store({isa.Load("scores + i")} + {isa.Load("bias + i")}, scores + i);");
        }
    }

    private static void EmitSoftmax(SourceWriter writer, InstructionSetDescription isa)
    {
        string lanes = Text(isa.Lanes);
        string indices = $"{isa.VectorClass}<int>.Indices";
        writer.Separate();
        writer.Line("// Turns one query's scores of a block into weights, 0 from 'visible' on, relative to the running maximum, and adds them to the running sum.");
        writer.Line("// Returns the factor by which a higher maximum shrinks what was summed before.");
        writer.Line("[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]");
        using (writer.Braces("private static float SoftmaxBlock(float* scores, int visible, int count, float* maximum, float* sum)"))
        {
            writer.Line($"int whole = visible & ~{Text(isa.Lanes - 1)};");
            writer.Line($"{isa.Vector} seen = {isa.VectorClass}.LessThan({indices}, {isa.VectorClass}.Create(visible - whole)).AsSingle();");
            writer.Line($"{isa.Vector} highest = {isa.Broadcast("*maximum")};");
            using (writer.Braces($"for (int i = 0; i < whole; i += {lanes})"))
            {
                writer.Line($"highest = {isa.VectorClass}.Max(highest, {isa.Load("scores + i")});");
            }

            using (writer.Braces("if (whole < visible)"))
            {
                writer.Line($"highest = {isa.VectorClass}.Max(highest, {isa.VectorClass}.ConditionalSelect(seen, {isa.Load("scores + whole")}, highest));");
            }

            writer.Line("float newMaximum = Highest(highest);");
            writer.Line($"{isa.Vector} shift = {isa.Broadcast("newMaximum")};");
            writer.Line($"{isa.Vector} factor = Exponential({isa.Broadcast("*maximum")} - shift);");
            writer.Line("*maximum = newMaximum;");
            writer.Line($"{isa.Vector} total = {isa.Load("sum")} * factor;");
            writer.Line("int key = 0;");
            using (writer.Braces($"for (; key < whole; key += {lanes})"))
            {
                writer.Line($"{isa.Vector} weight = Exponential({isa.Load("scores + key")} - shift);");
                writer.Line($"{isa.VectorClass}.Store(weight, scores + key);");
                writer.Line("total += weight;");
            }

            using (writer.Braces("if (whole < visible)"))
            {
                writer.Line($"{isa.Vector} weight = Exponential({isa.Load("scores + key")} - shift) & seen;");
                writer.Line($"{isa.VectorClass}.Store(weight, scores + key);");
                writer.Line("total += weight;");
                writer.Line($"key += {lanes};");
            }

            using (writer.Braces($"for (; key < count; key += {lanes})"))
            {
                writer.Line($"{isa.VectorClass}.Store({isa.Zero}, scores + key);");
            }

            writer.Line($"{isa.VectorClass}.Store(total, sum);");
            writer.Line("return factor.ToScalar();");
        }

        writer.Separate();
        writer.Line("// The highest of all lanes.");
        writer.Line("[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]");
        using (writer.Braces($"private static float Highest({isa.Vector} x)"))
        {
            string half = "x";
            for (int bits = isa.Lanes * 32; bits > 128; bits /= 2)
            {
                string next = "x" + Text(bits / 2);
                writer.Line($"Vector{Text(bits / 2)}<float> {next} = Vector{Text(bits / 2)}.Max({half}.GetLower(), {half}.GetUpper());");
                half = next;
            }

            writer.Line($"{half} = Vector128.Max({half}, Vector128.Shuffle({half}, Vector128.Create(2, 3, 0, 1)));");
            writer.Line($"return global::System.MathF.Max({half}.ToScalar(), {half}.GetElement(1));");
        }
    }

    /// <summary>Scores, running results, sums, maxima and factors of a tile.</summary>
    private static int ScratchFloats(AttentionKernel kernel, InstructionSetDescription isa) =>
        isa.TileRows * (KeyBlock + kernel.HeadStride + isa.Lanes + 2);

    private static TileShape ScoreTile(AttentionKernel kernel, InstructionSetDescription isa) => new(
        kernel.TilePrefix + "ScoreRows", isa.PanelVectors, kernel.Attention.HeadDimension, kernel.HeadStride, isa.PanelWidth, TileStart.Zero, AddToOutput: false, KeyBlock);

    private static IEnumerable<TileShape> ValueTiles(AttentionKernel kernel, InstructionSetDescription isa)
    {
        TileShape Tile(string prefix, int vectors) => new(kernel.TilePrefix + prefix, vectors, null, KeyBlock, kernel.HeadStride, TileStart.ScaledOutput, AddToOutput: false, kernel.HeadStride);
        if (kernel.HeadStride >= isa.PanelWidth)
        {
            yield return Tile("WeighValuesRows", isa.PanelVectors);
        }

        if (kernel.HeadStride % isa.PanelWidth != 0)
        {
            yield return Tile("WeighValuesNarrowRows", kernel.HeadStride % isa.PanelWidth / isa.Lanes);
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

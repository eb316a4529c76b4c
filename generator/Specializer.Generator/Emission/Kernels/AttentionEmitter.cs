using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Lowering;
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

    public static string Parameters(AttentionKernel kernel) => SignatureText.Parameters(kernel);

    public static void Emit(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        EmitAttend(writer, isa, kernel);
        EmitAttendQueries(writer, isa, kernel);
    }

    /// <summary>Shares out the work: whole heads while decoding, tiles of queries in a prefill.</summary>
    private static void EmitAttend(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        int group = kernel.Attention.GroupSize;
        string table = kernel.Kind.Positions switch
        {
            AlibiPositions => $"&slopes[head * {Text(group)}], ",
            RelativePositions => $"&bias[head * {Text((long)group * kernel.BiasStride)}], ",
            _ => "",
        };
        string Call(string queryRows) =>
            $"{kernel.Name}Queries(headQueries, headKeys, headValues, {table}headOutput, position, {VisibilityArguments(kernel)}first, {queryRows}, scratch);";
        writer.Separate();
        writer.Line(
            $"// Each of {kernel.Attention.KeyValueHeads} key/value heads serves {group} query head{(group == 1 ? "" : "s")}; its queries, [row][head of the group], lie one after the other."
        );
        using (writer.Braces($"public static void {kernel.Name}({Parameters(kernel)})"))
        {
            writer.Line($"const int KeyValueHeads = {Text(kernel.Attention.KeyValueHeads)}, GroupSize = {Text(group)};");
            writer.Line($"float* scratch = stackalloc float[{Text(ScratchFloats(kernel, isa))}];");
            writer.Line("int queryRows = rows * GroupSize;");
            writer.Line($"int unitRows = rows == 1 ? GroupSize : {Text(isa.QueryRows)};");
            writer.Line("int unitsPerHead = (queryRows + unitRows - 1) / unitRows;");
            writer.Line(
                "// A worker takes whole heads, those whose keys and values it has appended; of the heads that are left over units are dealt out."
            );
            writer.Line("int wholeHeads = KeyValueHeads - (KeyValueHeads % workers);");
            using (writer.Braces("for (int unit = 0; unit < KeyValueHeads * unitsPerHead; unit++)"))
            {
                writer.Line("nint head = unit / unitsPerHead;");
                using (writer.Braces("if ((head < wholeHeads ? head : unit) % workers != worker)"))
                {
                    writer.Line("continue;");
                }

                writer.Line();
                writer.Line("int first = unit % unitsPerHead * unitRows;");
                writer.Line("int end = global::System.Math.Min(first + unitRows, queryRows);");
                writer.Line($"float* headQueries = &queries[head * {Text(kernel.QueryFloats / kernel.Attention.KeyValueHeads)}];");
                writer.Line($"float* headKeys = &keys[head * {Text(kernel.KeysPerHead)}];");
                writer.Line($"float* headValues = &values[head * {Text(kernel.ValuesPerHead)}];");
                writer.Line($"float* headOutput = &output[head * {Text(group * kernel.Attention.HeadDimension)}];");
                if (group <= isa.QueryRows)
                {
                    writer.Line(Call("end - first"));
                }
                else
                {
                    using (writer.Braces($"for (; first < end; first += {Text(isa.QueryRows)})"))
                    {
                        writer.Line(Call($"global::System.Math.Min(end - first, {Text(isa.QueryRows)})"));
                    }
                }
            }
        }
    }

    private static void EmitAttendQueries(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        int headStride = kernel.HeadStride;
        int group = kernel.Attention.GroupSize;
        int window = kernel.Kind.Window;
        int band = kernel.Kind.Band;
        string lastVisible = kernel.SeesAll ? "length" : QueryPosition(kernel, "rows - 1") + " + 1";
        lastVisible = kernel.SeesPrefix ? $"global::System.Math.Max({lastVisible}, prefix)" : lastVisible;
        writer.Separate();
        writer.Line("// Queries first to first + rows - 1 of one key/value head, block of keys by block of keys.");
        writer.Line(
            "[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]"
        );
        using (
            writer.Braces(
                $"private static void {kernel.Name}Queries(float* queries, float* keys, float* values, {Table(kernel)}float* output, int position, {Visibility(kernel)}int first, int rows, float* scratch)"
            )
        )
        {
            writer.Line($"const int KeyBlock = {KeyBlock};");
            writer.Line($"float* scores = scratch;");
            writer.Line($"float* results = &scores[{Text(isa.QueryRows * KeyBlock)}];");
            writer.Line($"float* sums = &results[{Text(isa.QueryRows * headStride)}];");
            writer.Line(
                $"float* maxima = &sums[{Text(isa.QueryRows * isa.Lanes)}], highest = &maxima[{Text(PerQuery(isa))}], factors = &highest[{Text(PerQuery(isa))}];"
            );
            writer.Line($"int* seen = (int*)&factors[{Text(PerQuery(isa))}];");
            writer.Line($"new global::System.Span<float>(results, rows * {Text(headStride)}).Clear();");
            writer.Line($"new global::System.Span<float>(sums, rows * {Text(isa.Lanes)}).Clear();");
            writer.Line("new global::System.Span<float>(maxima, rows).Fill(float.MinValue);");
            writer.Line($"queries = &queries[(nint)first * {Text(headStride)}];");
            writer.Line($"int lastVisible = {lastVisible};");
            if (window > 0)
            {
                string firstPosition = group == 1 ? "position + first" : $"position + (first / {Text(group)})";
                writer.Line($"int firstVisible = global::System.Math.Max(0, {firstPosition} - {Text(window - 1)});");
            }

            if (band > 0)
            {
                writer.Line($"int firstVisible = global::System.Math.Max(0, {QueryPosition(kernel, "0")} - {Text(band)});");
                string endOfBand = $"{QueryPosition(kernel, "rows - 1")} + {Text(band + 1)}";
                writer.Line(
                    kernel.GlobalTokens
                        ? $"int endVisible = {endOfBand};"
                        : $"lastVisible = global::System.Math.Min(lastVisible, {endOfBand});"
                );
            }

            using (
                writer.Braces(
                    $"for (int block = {(window > 0 || (band > 0 && !kernel.GlobalTokens) ? "firstVisible & -KeyBlock" : "0")}; block < lastVisible; block += KeyBlock)"
                )
            )
            {
                if (kernel.IsRing)
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

                EmitScores(writer, isa, kernel);
                EmitSoftmax(writer, isa, kernel);
                EmitWeighedValues(writer, isa, kernel);
            }

            EmitResults(writer, isa, kernel);
        }
    }

    /// <summary>Scores of the queries against a block of keys, as far as the last query of a tile sees them.</summary>
    private static void EmitScores(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        writer.Line($"float* blockKeys = &keys[(nint){Slot(kernel)} * {Text(kernel.Attention.HeadDimension)}];");
        if (AttentionTiles.HasScoresOfOneQuery(kernel, isa))
        {
            using (writer.Braces("if (rows == 1)"))
            {
                writer.Line("// One query is as fast as its keys are read: several panels at once.");
                EmitVisibleKeys(writer, kernel, "0");
                EmitScoresOfPanels(writer, isa, kernel, AttentionTiles.ScoresOfOneQuery(kernel, isa), "1(queries, ", "scores");
                EmitScoresOfPanels(writer, isa, kernel, AttentionTiles.Scores(kernel, isa, 1), "1(queries, ", "scores");
            }
        }
        else if (AttentionTiles.HasScoresOfFewQueries(isa))
        {
            TileShape tile = AttentionTiles.ScoresOfFewQueries(kernel, isa);
            using (writer.Braces($"if (rows >= {Text(tile.LeastRows)} && rows <= {Text(tile.MostRows!.Value)})"))
            {
                writer.Line("// So few queries pass over the keys once.");
                EmitVisibleKeys(writer, kernel, "rows - 1");
                EmitScoresOfPanels(writer, isa, kernel, tile, "(rows, queries, ", "scores");
            }
        }
        else
        {
            EmitScoresOfTiles(writer, isa, kernel);
            return;
        }

        using (writer.Braces("else"))
        {
            EmitScoresOfTiles(writer, isa, kernel);
        }
    }

    private static void EmitScoresOfTiles(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        using (writer.Braces("for (int row = 0, height; row < rows; row += height)"))
        {
            writer.Line($"height = {TileEmitter.NextHeight(isa, AttentionTiles.Scores(kernel, isa, 1), "rows - row")};");
            writer.Line($"float* tileQueries = &queries[row * {Text(kernel.HeadStride)}];");
            writer.Line("float* tileScores = &scores[row * KeyBlock];");
            EmitVisibleKeys(writer, kernel, "row + height - 1");
            if (isa.TakesPairs)
            {
                EmitScoresOfPanels(writer, isa, kernel, AttentionTiles.Scores(kernel, isa, 2), "(height, tileQueries, ", "tileScores");
            }

            EmitScoresOfPanels(writer, isa, kernel, AttentionTiles.Scores(kernel, isa, 1), "(height, tileQueries, ", "tileScores");
        }
    }

    private static void EmitVisibleKeys(SourceWriter writer, AttentionKernel kernel, string lastRow)
    {
        EmitVisible(writer, kernel, lastRow);
        writer.Line("int key = 0;");
    }

    /// <summary>Tiles along the keys, as long as some of the keys of each panel are seen.</summary>
    private static void EmitScoresOfPanels(
        SourceWriter writer,
        InstructionSetDescription isa,
        AttentionKernel kernel,
        TileShape tile,
        string queries,
        string scores
    )
    {
        string last = tile.Panels == 1 ? "visible" : $"visible - {Text((tile.Panels - 1) * isa.PanelWidth)}";
        using (writer.Braces($"for (; key < {last}; key += {Text(tile.Panels * isa.PanelWidth)})"))
        {
            writer.Line($"{tile.Prefix}{queries}&blockKeys[key * {Text(kernel.Attention.HeadDimension)}], &{scores}[key]);");
        }
    }

    /// <summary>Scores become weights relative to the highest score so far; a higher one shrinks what was summed before.</summary>
    private static void EmitSoftmax(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        using (writer.Braces("for (int row = 0; row < rows; row++)"))
        {
            EmitVisible(writer, kernel, "row");
            ScoreEmitter.EmitChanges(writer, kernel, QueryPosition(kernel, "row"));
            writer.Line("seen[row] = visible;");
            writer.Line("highest[row] = HighestScore(&scores[row * KeyBlock], visible, maxima[row]);");
        }

        using (writer.Braces($"for (int row = 0; row < rows; row += {Text(isa.Lanes)})"))
        {
            writer.Line(
                $"{isa.VectorClass}.Store({ScoreEmitter.Weight(isa, isa.Load("&maxima[row]"), isa.Load("&highest[row]"))}, &factors[row]);"
            );
            writer.Line($"{isa.VectorClass}.Store({isa.Load("&highest[row]")}, &maxima[row]);");
        }

        using (writer.Braces("for (int row = 0; row < rows; row++)"))
        {
            writer.Line($"float* sum = &sums[row * {Text(isa.Lanes)}];");
            writer.Line($"{isa.Vector} weights = WeighScores(&scores[row * KeyBlock], seen[row], count, highest[row]);");
            writer.Line($"{isa.VectorClass}.Store({isa.MultiplyAdd("weights", isa.Load("sum"), isa.Broadcast("factors[row]"))}, sum);");
        }
    }

    /// <summary>The block's values, weighed, are added to what the blocks before gave.</summary>
    private static void EmitWeighedValues(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        writer.Line($"float* blockValues = &values[(nint){Slot(kernel)} * {Text(kernel.HeadStride)}];");
        if (!AttentionTiles.HasValuesOfOneQuery(kernel, isa))
        {
            EmitWeighedValuesOfTiles(writer, isa, kernel);
            return;
        }

        using (writer.Braces("if (rows == 1)"))
        {
            EmitVisibleValues(writer, kernel, "0");
            EmitWeighedColumns(
                writer,
                isa,
                AttentionTiles.ValuesOfOneQuery(kernel, isa),
                (tile, column) =>
                    EmitWeighed(
                        writer,
                        kernel,
                        $"{tile.Prefix}1(scores, {TileEmitter.At("blockValues", column)}, {TileEmitter.At("results", column)}, factors"
                    )
            );
        }

        using (writer.Braces("else"))
        {
            EmitWeighedValuesOfTiles(writer, isa, kernel);
        }
    }

    private static void EmitWeighedValuesOfTiles(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel) =>
        EmitWeighedColumns(
            writer,
            isa,
            AttentionTiles.Values(kernel, isa),
            (tile, column) =>
            {
                using (writer.Braces("for (int row = 0, height; row < rows; row += height)"))
                {
                    writer.Line($"height = {TileEmitter.NextHeight(isa, tile, "rows - row")};");
                    EmitVisibleValues(writer, kernel, "row + height - 1");
                    EmitWeighed(
                        writer,
                        kernel,
                        $"{tile.Prefix}(height, &scores[row * KeyBlock], {TileEmitter.At("blockValues", column)}, &results[{Sum($"row * {Text(kernel.HeadStride)}", column)}], &factors[row]"
                    );
                }
            }
        );

    /// <summary>The tiles side by side, each with where its columns begin; equal ones in a loop.</summary>
    private static void EmitWeighedColumns(
        SourceWriter writer,
        InstructionSetDescription isa,
        IEnumerable<TileShape> sideBySide,
        System.Action<TileShape, string> emit
    )
    {
        int column = 0;
        foreach (IGrouping<TileShape, TileShape> tiles in sideBySide.GroupBy(static tile => tile))
        {
            int width = tiles.Key.Vectors * isa.Lanes,
                end = column + (tiles.Count() * width);
            if (tiles.Count() > 1)
            {
                using (writer.Braces($"for (int column = {Text(column)}; column < {Text(end)}; column += {Text(width)})"))
                {
                    emit(tiles.Key, "column");
                }
            }
            else
            {
                emit(tiles.Key, Text(column));
            }

            column = end;
        }
    }

    private static string Sum(string product, string column) => column == "0" ? product : $"({product}) + {column}";

    /// <summary>Writes how many values a row sees, where that is not all of them.</summary>
    private static void EmitVisibleValues(SourceWriter writer, AttentionKernel kernel, string row)
    {
        if (!kernel.SeesAll)
        {
            EmitVisible(writer, kernel, row);
        }
    }

    /// <summary>Calls a tile with as many values as are seen, if any are.</summary>
    private static void EmitWeighed(SourceWriter writer, AttentionKernel kernel, string call)
    {
        if (kernel.SeesAll)
        {
            writer.Line(call + ", count);");
            return;
        }

        using (writer.Braces("if (visible > 0)"))
        {
            writer.Line(call + ", visible);");
        }
    }

    private static void EmitResults(SourceWriter writer, InstructionSetDescription isa, AttentionKernel kernel)
    {
        int headDimension = kernel.Attention.HeadDimension;
        int group = kernel.Attention.GroupSize;
        using (writer.Braces("for (int row = 0; row < rows; row++)"))
        {
            writer.Line($"float* result = &results[row * {Text(kernel.HeadStride)}];");
            writer.Line(
                group == 1
                    ? $"float* target = &output[(first + row) * (nint){Text(kernel.OutputStride)}];"
                    : $"float* target = &output[((nint)(first + row) / {Text(group)} * {Text(kernel.OutputStride)}) + ((first + row) % {Text(group)} * {Text(headDimension)})];"
            );
            writer.Line($"float scale = 1 / {isa.VectorClass}.Sum({isa.Load($"&sums[row * {Text(isa.Lanes)}]")});");
            int whole = headDimension / isa.Lanes * isa.Lanes;
            if (whole > 0)
            {
                using (writer.Braces($"for (nint i = 0; i < {Text(whole)}; i += {Text(isa.Lanes)})"))
                {
                    writer.Line($"{isa.VectorClass}.Store({isa.Load("&result[i]")} * scale, &target[i]);");
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

    /// <summary>The position of a query of the rows at hand.</summary>
    private static string QueryPosition(AttentionKernel kernel, string row) =>
        kernel.Attention.GroupSize == 1
            ? row == "0"
                ? "position + first"
                : $"position + first + {row}"
            : $"position + ((first + {row}) / {Text(kernel.Attention.GroupSize)})";

    /// <summary>Writes how many keys of the block, from its first, a query sees at most.</summary>
    private static void EmitVisible(SourceWriter writer, AttentionKernel kernel, string row)
    {
        string end = $"{QueryPosition(kernel, row)} + 1";
        end = kernel.SeesPrefix ? $"global::System.Math.Max({end}, prefix)" : end;
        writer.Line($"int visible = {(kernel.SeesAll ? "count" : $"global::System.Math.Clamp({end} - block, 0, count)")};");
    }

    /// <summary>Where in the cache a block lies.</summary>
    private static string Slot(AttentionKernel kernel) => kernel.IsRing ? "slot" : "block";

    /// <summary>What positions are known by, where scores know them.</summary>
    private static string Table(AttentionKernel kernel) =>
        kernel.Kind.Positions switch
        {
            AlibiPositions => "float* slopes, ",
            RelativePositions => "float* bias, ",
            _ => "",
        };

    /// <summary>What a query sees beside what its position says: the whole sequence, global tokens, a prefix.</summary>
    private static string Visibility(AttentionKernel kernel) =>
        (kernel.SeesAll ? "int length, " : "")
        + (kernel.GlobalTokens ? "int* globalsBefore, " : "")
        + (kernel.SeesPrefix ? "int prefix, " : "");

    private static string VisibilityArguments(AttentionKernel kernel) =>
        (kernel.SeesAll ? "length, " : "") + (kernel.GlobalTokens ? "globalsBefore, " : "") + (kernel.SeesPrefix ? "prefix, " : "");

    /// <summary>Scores, running results and sums of the queries that go together, and what there is one of for each.</summary>
    private static int ScratchFloats(AttentionKernel kernel, InstructionSetDescription isa) =>
        (isa.QueryRows * (KeyBlock + kernel.HeadStride + isa.Lanes)) + (4 * PerQuery(isa));

    /// <summary>The place for one number of each query: whole vectors.</summary>
    private static int PerQuery(InstructionSetDescription isa) => Layout.Pad(isa.QueryRows);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

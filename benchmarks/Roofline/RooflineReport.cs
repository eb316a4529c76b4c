using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace Specializer.Benchmarks;

/// <summary>Writes the measured rows as a table or as JSON.</summary>
internal static class RooflineReport
{
    public static void WriteLimits(TextWriter output, MachineLimits limits) =>
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"limits, {limits.InstructionSet}, {limits.Threads} thread(s): multiply-adds {limits.FmaGigaflops:F1} GFLOP/s; reading memory {limits.ReadMemory:F1}, L3 {limits.ReadL3:F1}, L2 {limits.ReadL2:F1} GB/s"
            )
        );

    public static void WriteHeader(TextWriter output)
    {
        output.WriteLine("| what | model | shape | rows | GFLOP/s | GB/s | of limit | limit | tokens/s |");
        output.WriteLine("|---|---|---|---:|---:|---:|---:|---|---:|");
    }

    public static void WriteRow(TextWriter output, RooflineRow row) =>
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {row.Name} | {row.Model} | {row.Shape} | {row.Rows} | {row.Gigaflops:F1} | {row.GigabytesPerSecond:F1} | {row.Percent:F0} % | {row.Limit} | {row.TokensPerSecond:F0} |"
            )
        );

    /// <summary>Writes the rows furthest from their limit; single-row kernels are short and have other limits.</summary>
    public static void WriteFurthest(TextWriter output, IReadOnlyList<RooflineRow> rows)
    {
        output.WriteLine();
        output.WriteLine("furthest from their limit:");
        WriteHeader(output);
        foreach (RooflineRow row in Furthest(rows))
        {
            WriteRow(output, row);
        }
    }

    public static void WriteJson(Stream output, MachineLimits limits, IReadOnlyList<RooflineRow> rows)
    {
        HashSet<RooflineRow> furthest = [.. Furthest(rows)];
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteStartObject("peak");
        json.WriteNumber("fma_gflops", Round(limits.FmaGigaflops));
        json.WriteStartObject("read_gbps");
        json.WriteNumber("memory", Round(limits.ReadMemory));
        json.WriteNumber("l3", Round(limits.ReadL3));
        json.WriteNumber("l2", Round(limits.ReadL2));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("instruction_set", limits.InstructionSet.ToString());
        json.WriteNumber("threads", limits.Threads);
        json.WriteStartArray("rows");
        foreach (RooflineRow row in rows)
        {
            json.WriteStartObject();
            json.WriteString("name", row.Name);
            json.WriteString("model", row.Model);
            if (row.Shape is not null)
            {
                json.WriteString("shape", row.Shape);
            }

            json.WriteNumber("rows", row.Rows);
            WriteOptional(json, "gflops", row.Gigaflops);
            WriteOptional(json, "gbps", row.GigabytesPerSecond);
            json.WriteNumber("percent", Round(row.Percent));
            json.WriteString("limit", row.Limit);
            json.WriteBoolean("furthest", furthest.Contains(row));
            WriteOptional(json, "tokens_per_second", row.TokensPerSecond);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Returns a tenth of the rows, at least one.</summary>
    private static IEnumerable<RooflineRow> Furthest(IReadOnlyList<RooflineRow> rows) =>
        rows.OrderBy(static row => row.Percent).Take(Math.Max(1, rows.Count / 10));

    private static void WriteOptional(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, Round(number));
        }
    }

    private static double Round(double value) => Math.Round(value, 2);
}

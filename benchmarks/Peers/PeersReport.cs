using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;

namespace Specializer.Benchmarks;

/// <summary>Writes the results of the engines as a table or as JSON.</summary>
internal static class PeersReport
{
    public static void WriteHeader(TextWriter output)
    {
        output.WriteLine("| what | model | threads | engine | per second | unit | speed of Specializer | difference |");
        output.WriteLine("|---|---|---:|---|---:|---|---:|---:|");
    }

    public static void WriteRow(TextWriter output, ContestRow row)
    {
        Contest contest = row.Contest;
        string ratio =
            row.Engine == contest.Contestants[0].Engine
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $"{row.Ours.Median:F2} ({row.Ours.Low:F2} to {row.Ours.High:F2})");
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {contest.What} | {contest.Model} | {contest.Threads} | {row.Engine} | {row.Rate:F1} | {contest.Unit} | {ratio} | {row.Difference:E1}{(row.Agrees ? "" : " DISAGREES")} |"
            )
        );
        output.Flush();
    }

    public static void WriteJson(Stream output, IReadOnlyList<ContestRow> rows, IReadOnlyDictionary<string, string> missing)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("instruction_set", InstructionSets.Best.ToString());
        json.WriteStartObject("missing");
        foreach ((string peer, string reason) in missing)
        {
            json.WriteString(peer, reason);
        }

        json.WriteEndObject();
        json.WriteStartArray("rows");
        foreach (ContestRow row in rows)
        {
            json.WriteStartObject();
            json.WriteString("what", row.Contest.What);
            json.WriteString("model", row.Contest.Model);
            json.WriteNumber("threads", row.Contest.Threads);
            json.WriteString("engine", row.Engine);
            json.WriteNumber("per_second", Math.Round(row.Rate, 2));
            json.WriteString("unit", row.Contest.Unit);
            json.WriteNumber("ours_faster_by", Math.Round(row.Ours.Median, 3));
            json.WriteNumber("ours_faster_by_low", Math.Round(row.Ours.Low, 3));
            json.WriteNumber("ours_faster_by_high", Math.Round(row.Ours.High, 3));
            json.WriteNumber("difference", row.Difference);
            json.WriteBoolean("agrees", row.Agrees);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}

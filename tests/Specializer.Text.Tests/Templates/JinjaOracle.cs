using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Xunit;

namespace Specializer.Text.Tests.Templates;

/// <summary>The result of a template in Python's Jinja: a text and its generation spans, in code points, or an error.</summary>
internal sealed record JinjaResult(string? Text, IReadOnlyList<(int Start, int End)> Spans, string? Error);

/// <summary>Python's Jinja in a process of its own (Debian's package python3-jinja2).</summary>
internal sealed class JinjaOracle : IDisposable
{
    private readonly Process _process;

    public JinjaOracle()
    {
        ProcessStartInfo start = Start(Python!);
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Templates", "jinja_oracle.py"));
        _process = Process.Start(start)!;
    }

    /// <summary>The time that <c>strftime_now</c> prints.</summary>
    public static DateTimeOffset Now { get; } = new(2026, 3, 7, 9, 5, 4, TimeSpan.Zero);

    /// <summary>A Python that has Jinja; null where there is none.</summary>
    public static string? Python { get; } = Array.Find(["/usr/bin/python3", "python3"], HasJinja);

    public static string? SkipReason => Python is null ? "No Python with Jinja: install the package python3-jinja2." : null;

    /// <summary>The results of cases, each a template and its variables, in order; the process reads while it writes.</summary>
    public IReadOnlyList<JinjaResult> Render(IReadOnlyList<(string Template, JsonObject Variables)> cases)
    {
        Task writing = Task.Run(() =>
        {
            foreach ((string template, JsonObject variables) in cases)
            {
                JsonObject line = new() { ["template"] = template, ["variables"] = variables.DeepClone() };
                _process.StandardInput.WriteLine(line.ToJsonString());
            }

            _process.StandardInput.Flush();
        });
        List<JinjaResult> results = [];
        while (results.Count < cases.Count)
        {
            string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("Jinja's process ended.");
            results.Add(Read(line));
        }

        writing.Wait();
        return results;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(5000);
        _process.Dispose();
    }

    private static JinjaResult Read(string line)
    {
        JsonNode node = JsonNode.Parse(line)!;
        if (node["error"] is JsonNode error)
        {
            return new JinjaResult(null, [], (string)error!);
        }

        List<(int, int)> spans = [];
        foreach (JsonNode? span in node["spans"]!.AsArray())
        {
            spans.Add(((int)span![0]!, (int)span[1]!));
        }

        return new JinjaResult((string)node["text"]!, spans, null);
    }

    private static ProcessStartInfo Start(string python) =>
        new(python)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PYTHONIOENCODING"] = "utf-8", ["PYTHONHASHSEED"] = "0" },
        };

    private static bool HasJinja(string python)
    {
        try
        {
            ProcessStartInfo start = Start(python);
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add("import jinja2, jinja2.sandbox");
            using Process process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

/// <summary>A fact that needs Python's Jinja; without it, the fact reports itself skipped with the reason.</summary>
internal sealed class JinjaFactAttribute : FactAttribute
{
    public JinjaFactAttribute() => Skip = JinjaOracle.SkipReason;
}

/// <summary>A constant clock.</summary>
internal sealed class FixedClock : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => JinjaOracle.Now;
}

using System;
using System.Diagnostics;
using System.IO;
using System.Text.Json.Nodes;

namespace Specializer.Text.Tests.Oracles;

/// <summary>Google's SentencePiece through Debian's python3-sentencepiece, which trains the models of the tests and encodes and decodes with them.</summary>
internal static class SentencePieceOracle
{
    private static readonly Lazy<string?> s_reason = new(FindReason);

    public static string? SkipReason => s_reason.Value;

    /// <summary>Runs the script on a request: models to train, and texts for each.</summary>
    public static JsonNode Run(JsonNode request)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "Oracles", "sentencepiece_oracle.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.StandardInput.Write(request.ToJsonString());
        process.StandardInput.Close();
        string answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return JsonNode.Parse(answer)!;
    }

    private static string? FindReason()
    {
        const string Reason = "Debian's python3-sentencepiece is not installed: run .ci/text.";
        if (!File.Exists("/usr/bin/python3"))
        {
            return Reason;
        }

        using Process process = Process.Start(
            new ProcessStartInfo("/usr/bin/python3", ["-c", "import sentencepiece"]) { RedirectStandardError = true }
        )!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : Reason;
    }
}

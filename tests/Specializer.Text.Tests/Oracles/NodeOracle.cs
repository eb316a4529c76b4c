using System;
using System.Diagnostics;
using System.IO;
using System.Text.Json.Nodes;

namespace Specializer.Text.Tests.Oracles;

/// <summary>
/// Hugging Face's library through Node (npm @anush008/tokenizers 0.6.0, which .ci/text installs): ranges, pairs, types, truncation, padding.
/// </summary>
internal sealed class NodeOracle : IDisposable
{
    private readonly Process _process;

    public NodeOracle()
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Oracles", "oracle.mjs");
        var start = new ProcessStartInfo("node", [script, Folder!])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
    }

    /// <summary>Why it cannot be asked; null where it is installed.</summary>
    public static string? SkipReason =>
        Folder is not null
            ? null
            : "The npm package @anush008/tokenizers is not installed: run .ci/text, or set SPECIALIZER_TEXT_ORACLE to a folder that has it in node_modules.";

    private static string? Folder { get; } = FindFolder();

    /// <summary>Requests a tokenizer's answers; null if the process ended, for example because of a panic of the library.</summary>
    public JsonArray? Ask(JsonObject request)
    {
        try
        {
            _process.StandardInput.WriteLine(request.ToJsonString());
            _process.StandardInput.Flush();
            return _process.StandardOutput.ReadLine() is { } line ? JsonNode.Parse(line)!.AsArray() : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(2000))
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }

    private static string? FindFolder()
    {
        string? given = Environment.GetEnvironmentVariable("SPECIALIZER_TEXT_ORACLE");
        if (given is not null)
        {
            return given;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "artifacts", "text-oracle");
            if (
                File.Exists(Path.Combine(folder.FullName, "Specializer.sln"))
                && Directory.Exists(Path.Combine(candidate, "node_modules", "@anush008"))
            )
            {
                return candidate;
            }
        }

        return null;
    }
}

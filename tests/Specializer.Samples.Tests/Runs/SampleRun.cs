using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using Specializer.TestKit;

namespace Specializer.Samples.Tests.Runs;

/// <summary>One run of a sample, with what it wrote.</summary>
internal sealed record SampleRun(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a sample, which is built without a model, as a user runs it.</summary>
    public static SampleRun Of(string sample, params string[] arguments)
    {
        string configuration = Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;
        string program = Path.Combine(RepositoryFiles.Root, "samples", sample, "bin", configuration, "net10.0", sample + ".dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Two instruction sets are sufficient for the run. MSBuild reads the property from the environment.
        start.Environment["SpecializerInstructionSets"] = "Avx2;Portable";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(),
            error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(10)))
        {
            process.Kill(entireProcessTree: true);
        }

        return new SampleRun(process.ExitCode, output.Result.ReplaceLineEndings("\n"), error.Result.ReplaceLineEndings("\n"));
    }
}

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Specializer.Tool;

namespace Specializer.Benchmarks;

/// <summary>
/// The SDK's compiler in a new process, which measures a build without a compiler server. Unlike the compiler in the packages it
/// is compiled ahead of time.
/// </summary>
internal sealed partial class FreshCompiler : IDisposable
{
    private static readonly string s_compiler = typeof(FreshCompiler)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static entry => entry.Key == "Compiler")
        .Value!;

    private readonly string _folder = Directory.CreateTempSubdirectory("specializer-compiler-").FullName;

    /// <param name="models">The number of models in the project.</param>
    public FreshCompiler(int models)
    {
        var options = new List<string>
        {
            "/nostdlib",
            "/unsafe+",
            "/langversion:14",
            "/nullable:enable",
            "/optimize+",
            "/deterministic+",
            "/target:library",
            $"/out:{In("Project.dll")}",
        };
        options.AddRange(PlatformReferences.Paths.Select(static path => $"/reference:\"{path}\""));
        foreach ((int number, SyntaxTree tree) in GeneratedProject.Of(models).SyntaxTrees.Index())
        {
            string file = In(string.Create(CultureInfo.InvariantCulture, $"File{number}.cs"));
            File.WriteAllText(file, tree.ToString());
            options.Add($"\"{file}\"");
        }

        File.WriteAllLines(In("options.rsp"), options);
    }

    /// <summary>Compiles the project in a new process.</summary>
    /// <param name="generator">The assembly of the generator, or null for none.</param>
    /// <param name="bodies">Whether method bodies are compiled; otherwise only declarations are.</param>
    public FreshCompilation Compile(string? generator, bool bodies)
    {
        (double elapsed, string output) = Run(generator, bodies, traceFile: null);
        return new FreshCompilation(
            elapsed,
            GeneratorTime().Match(output) is { Success: true } match
                ? 1000 * double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
                : 0
        );
    }

    /// <summary>Traces the JIT compilation of the generator's own methods in a new process; tracing slows it down.</summary>
    public JitShare Trace(string generator)
    {
        Run(generator, bodies: false, In("trace.nettrace"));
        return JitShare.Read(In("trace.nettrace"), "Specializer.Generator");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (double Elapsed, string Output) Run(string? generator, bool bodies, string? traceFile)
    {
        var start = new ProcessStartInfo("dotnet", [s_compiler, "@" + In("options.rsp"), "/nologo", "/reportanalyzer"])
        {
            RedirectStandardOutput = true,
        };
        if (generator is not null)
        {
            start.ArgumentList.Add("/analyzer:" + generator);
        }

        if (!bodies)
        {
            start.ArgumentList.Add("/refonly");
        }

        if (traceFile is not null)
        {
            start.Environment["DOTNET_EnableEventPipe"] = "1";
            start.Environment["DOTNET_EventPipeOutputPath"] = traceFile;
            start.Environment["DOTNET_EventPipeConfig"] = JitShare.EventPipeConfiguration;
        }

        long from = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double elapsed = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
        return process.ExitCode == 0 ? (elapsed, output) : throw new InvalidOperationException("The compiler failed: " + output);
    }

    private string In(string file) => Path.Combine(_folder, file);

    /// <summary>
    /// Matches the seconds that the compiler attributes to a class with this name: " 0.738 95
    /// Specializer.Generator.SpecializerGenerator".
    /// </summary>
    [GeneratedRegex(@"^\s*(\d+[.,]\d+)\s+\d+\s+\S+Generator\s*$", RegexOptions.Multiline)]
    private static partial Regex GeneratorTime();
}

/// <param name="Elapsed">The milliseconds from the start of the process to its end.</param>
/// <param name="InGenerator">The milliseconds that the compiler attributes to the generator.</param>
internal readonly record struct FreshCompilation(double Elapsed, double InGenerator);

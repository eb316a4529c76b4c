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
/// The compiler of the SDK, which unlike the one in the packages is compiled ahead of time, in a process of its own: what a
/// build pays that finds no compiler server running.
/// </summary>
internal sealed partial class FreshCompiler : IDisposable
{
    private static readonly string s_compiler = typeof(FreshCompiler)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static entry => entry.Key == "Compiler")
        .Value!;

    private readonly string _folder = Directory.CreateTempSubdirectory("specializer-compiler-").FullName;

    /// <param name="models">How many models the project that is compiled declares.</param>
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
    /// <param name="generator">The assembly with the generator, or null to compile without.</param>
    /// <param name="bodies">Whether the bodies of methods are compiled, too, or declarations only.</param>
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

    /// <summary>What the JIT compiles of the generator's own methods in a new process, which tracing slows down.</summary>
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

    /// <summary>The seconds that the compiler charges a class called so with: "   0.738   95      Specializer.Generator.SpecializerGenerator".</summary>
    [GeneratedRegex(@"^\s*(\d+[.,]\d+)\s+\d+\s+\S+Generator\s*$", RegexOptions.Multiline)]
    private static partial Regex GeneratorTime();
}

/// <param name="Elapsed">Milliseconds from the start of the process to its end.</param>
/// <param name="InGenerator">Milliseconds that the compiler charges the generator with.</param>
internal readonly record struct FreshCompilation(double Elapsed, double InGenerator);

using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Runtime;
using Specializer.Arm64Runner;
using Specializer.TestKit;

namespace Specializer.Benchmarks;

/// <summary>
/// The child process of <c>start</c>: it loads the 15 M model, processes a prompt and prints a line, then prints the cost of JIT
/// compilation. No other code of the benchmarks runs before.
/// </summary>
internal static class FirstToken
{
    public const string Command = "first-token";
    private const int PromptLength = 16;

    public static int Run(string path, bool packed)
    {
        (TimeSpan beforeLoading, _) = Compiled();
        using Llama15M model = packed ? Llama15M.LoadPacked(path) : Llama15M.Load(path);
        using IDecoderSession session = model.CreateSession();
        Span<int> prompt = stackalloc int[PromptLength];
        for (int i = 0; i < prompt.Length; i++)
        {
            prompt[i] = i + 1;
        }

        session.Prefill(prompt);
        Console.WriteLine("token");
        (TimeSpan atFirstToken, long methods) = Compiled();

        // Compiles the remaining methods of the kernels: every tile height for every layer that has it.
        MethodInfo[] all =
        [
            .. CalledMethods.From(
                GeneratedKernelTable
                    .Facts(typeof(Llama15M))
                    .Select(kernel => GeneratedKernelTable.Method(typeof(Llama15M), model.InstructionSet, kernel))
            ),
        ];
        (TimeSpan beforeRest, _) = Compiled();
        Array.ForEach(all, CalledMethods.Compile);

        (TimeSpan atEnd, _) = Compiled();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{beforeLoading.TotalMilliseconds:F1} {(atFirstToken - beforeLoading).TotalMilliseconds:F1} {(atEnd - beforeRest).TotalMilliseconds:F1} {all.Length} {methods} {(DateTime.Now - Process.GetCurrentProcess().StartTime).TotalMilliseconds:F0}"
            )
        );
        return 0;
    }

    private static (TimeSpan Time, long Methods) Compiled() =>
        (JitInfo.GetCompilationTime(currentThread: false), JitInfo.GetCompiledMethodCount(currentThread: false));
}

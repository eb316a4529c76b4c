using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Runtime;
using System.Runtime.CompilerServices;

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
        using DecoderSession session = model.CreateSession();
        Span<int> prompt = stackalloc int[PromptLength];
        for (int i = 0; i < prompt.Length; i++)
        {
            prompt[i] = i + 1;
        }

        session.Prefill(prompt);
        Console.WriteLine("token");
        (TimeSpan atFirstToken, long methods) = Compiled();

        // Compiles the remaining methods of the kernels: every tile height for every layer, whose constants are its type
        // argument.
        Type kernels = typeof(Llama15M).GetNestedType($"{model.InstructionSet}Kernels", BindingFlags.NonPublic)!;
        RuntimeTypeHandle[][] layers =
        [
            .. typeof(Llama15M)
                .GetNestedTypes(BindingFlags.NonPublic)
                .Where(static type => type.GetInterface("ILinearLayer") is not null)
                .Select(static type => new[] { type.TypeHandle }),
        ];
        (MethodInfo Method, RuntimeTypeHandle[]? Layer)[] all =
        [
            .. kernels
                .GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .SelectMany(method =>
                    method.IsGenericMethodDefinition ? layers.Select(layer => (method, (RuntimeTypeHandle[]?)layer)) : [(method, null)]
                ),
        ];
        foreach ((MethodInfo method, RuntimeTypeHandle[]? layer) in all)
        {
            RuntimeHelpers.PrepareMethod(method.MethodHandle, layer);
        }

        (TimeSpan atEnd, _) = Compiled();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{beforeLoading.TotalMilliseconds:F1} {(atFirstToken - beforeLoading).TotalMilliseconds:F1} {(atEnd - atFirstToken).TotalMilliseconds:F1} {all.Length} {methods} {(DateTime.Now - Process.GetCurrentProcess().StartTime).TotalMilliseconds:F0}"
            )
        );
        return 0;
    }

    private static (TimeSpan Time, long Methods) Compiled() =>
        (JitInfo.GetCompilationTime(currentThread: false), JitInfo.GetCompiledMethodCount(currentThread: false));
}

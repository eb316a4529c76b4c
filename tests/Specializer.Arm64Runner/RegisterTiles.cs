using System;
using System.Linq;
using System.Reflection;
using Specializer.Tests.EndToEnd;

namespace Specializer.Arm64Runner;

/// <summary>The register tiles of all generated kernels of an instruction set: private methods that multiply all their rows at once.</summary>
internal static class RegisterTiles
{
    /// <summary>
    /// Has the JIT compile them, one after the other on one thread: what it prints of methods that it compiles at the same
    /// time is mixed line by line, and nobody can tell whose registers are whose.
    /// </summary>
    /// <returns>How many they are.</returns>
    public static int Compile(InstructionSet instructionSet)
    {
        Type kernels = typeof(InstructionSetLegTests).Assembly.GetType(
            $"Specializer.Generated.{instructionSet}Kernels",
            throwOnError: true
        )!;
        MethodInfo[] tiles =
        [
            .. CalledMethods
                .From(kernels.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
                .Where(static method => method.IsPrivate && IsTile(method.GetParameters())),
        ];
        Array.ForEach(tiles, CalledMethods.Compile);
        return tiles.Length;
    }

    /// <summary>A method that gets a number of rows is no tile: it chooses one.</summary>
    private static bool IsTile(ParameterInfo[] parameters) =>
        parameters is [{ Name: "input" }, { Name: "weights" }, { Name: "output" }, ..]
        && Array.TrueForAll(parameters, static parameter => parameter.Name is not ("rows" or "worker"));
}

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Specializer.Tests.EndToEnd;

namespace Specializer.Arm64Runner;

/// <summary>
/// The register tiles of all generated kernels of an instruction set: methods with weights whose names end with their number of
/// rows.
/// </summary>
internal static partial class RegisterTiles
{
    /// <summary>
    /// Makes the JIT compile the tiles on one thread. It mixes the listings of methods that it compiles at the same time line by
    /// line.
    /// </summary>
    /// <returns>The number of tiles.</returns>
    public static int Compile(InstructionSet instructionSet)
    {
        (MethodInfo Method, RuntimeTypeHandle[]? Layer)[] tiles =
        [
            .. typeof(InstructionSetLegTests)
                .Assembly.GetTypes()
                .Where(type => type.Name == instructionSet + "Kernels")
                .SelectMany(static type =>
                    type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                )
                .Where(static method => NameOfTile().IsMatch(method.Name) && method.GetParameters() is [_, { Name: "weights" }, ..])
                .SelectMany(static method =>
                    method.IsGenericMethodDefinition
                        ? Layers(method.DeclaringType!.DeclaringType!).Select(layer => (method, (RuntimeTypeHandle[]?)layer))
                        : [(method, null)]
                ),
        ];
        Array.ForEach(tiles, static tile => RuntimeHelpers.PrepareMethod(tile.Method.MethodHandle, tile.Layer));
        return tiles.Length;
    }

    // The types with a layer's constants, for each of which a tile is compiled by itself.
    private static IEnumerable<RuntimeTypeHandle[]> Layers(Type model) =>
        model
            .GetNestedTypes(BindingFlags.NonPublic)
            .Where(static type => type.GetInterface("ILinearLayer") is not null)
            .Select(static type => new[] { type.TypeHandle });

    [GeneratedRegex("Rows\\d+$")]
    private static partial Regex NameOfTile();
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Fuzzing;

/// <summary>
/// Cases that another machine compiled: where every instruction is emulated, the compiler would take hours. Which cases they
/// are follows from the same settings on both. SPECIALIZER_FUZZ_COMPILED is the folder.
/// </summary>
public static class CompiledElsewhere
{
    private static readonly string? s_folder = Environment.GetEnvironmentVariable("SPECIALIZER_FUZZ_COMPILED");

    /// <summary>Whether cases are read instead of compiled.</summary>
    public static bool IsSet => !string.IsNullOrEmpty(s_folder);

    /// <summary>Compiles all cases of the tests for an instruction set, which this machine need not have.</summary>
    /// <param name="folder">Receives the assemblies.</param>
    /// <param name="instructionSet">The instruction set.</param>
    /// <returns>The number of cases.</returns>
    public static int Write(string folder, InstructionSet instructionSet)
    {
        Directory.CreateDirectory(folder);
        int count = 0;
        foreach (
            (string name, IReadOnlyList<TransformerArchitecture> architectures) in FuzzRun
                .Batches(FuzzTests.Seed, FuzzTests.Cases)
                .Select(static batch => (batch.Name, Architectures: FuzzRun.Architectures(batch.Cases)))
                .Append((FuzzTests.FoundCases.AssemblyName, FuzzTests.FoundCases.Architectures))
                .Append((AxisTests.Cases.AssemblyName, AxisTests.Cases.Architectures))
                .Append((LayerKindTests.Cases.AssemblyName, LayerKindTests.Cases.Architectures))
                .Append((InputsTogetherTests.Cases.AssemblyName, InputsTogetherTests.Cases.Architectures))
                .Append((DecoderBodyTests.AssemblyName, DecoderBodyTests.Architectures))
                .Append((DecoderFixtureTests.AssemblyName, DecoderFixtureTests.Architectures))
                .Append((TranslationFixtureTests.AssemblyName, TranslationFixtureTests.Architectures))
                .Append((EncoderFixtureTests.AssemblyName, EncoderFixtureTests.Architectures))
                .Append((ImageFixtureTests.AssemblyName, ImageFixtureTests.Architectures))
                .Append((SentenceFixtureTests.AssemblyName, SentenceFixtureTests.Architectures))
                .Append((FamilyTests.AssemblyName, FamilyTests.Architectures))
                .Append((T5TyingTests.AssemblyName, T5TyingTests.Architectures))
                .Append((LongRopeModels.AssemblyName, LongRopeModels.Architectures))
                .Append((IntegerWeightTests.AssemblyName, IntegerWeightTests.Architectures))
                .Append((EmbeddedPrefixTests.AssemblyName, EmbeddedPrefixTests.Architectures))
                .Append((OnnxKernelTests.AssemblyName, OnnxKernelTests.Architectures))
        )
        {
            File.WriteAllBytes(Path.Combine(folder, name + ".dll"), FuzzCompiler.Compile(architectures, [instructionSet]));
            count += architectures.Count;
        }

        return count;
    }

    /// <summary>The image of the cases with a name.</summary>
    internal static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(s_folder!, name + ".dll"));
}

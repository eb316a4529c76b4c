using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Specializer.Tests.Models;

/// <summary>All models that are declared for the tests, and the instruction sets on which this process can run them.</summary>
internal static class DeclaredModels
{
    public static DeclaredModel LlamaGolden { get; } = new(typeof(LlamaGolden), Models.LlamaGolden.Load);

    public static DeclaredModel LlamaGoldenShortChunk { get; } = new(typeof(LlamaGoldenShortChunk), Models.LlamaGoldenShortChunk.Load);

    public static DeclaredModel Stories260K { get; } = new(typeof(Stories260K), Models.Stories260K.Load);

    public static DeclaredModel LongContext4096 { get; } = new(typeof(LongContext4096), Models.LongContext4096.Load);

    public static DeclaredModel LongContext8192 { get; } = new(typeof(LongContext8192), Models.LongContext8192.Load);

    public static DeclaredModel BiasedReGlu { get; } = new(typeof(BiasedReGlu), Models.BiasedReGlu.Load);

    public static DeclaredModel OneOfEverything { get; } = new(typeof(OneOfEverything), Models.OneOfEverything.Load);

    public static DeclaredModel LlamaGoldenBFloat16 { get; } = new(typeof(LlamaGoldenBFloat16), Models.LlamaGoldenBFloat16.Load);

    public static DeclaredModel TiedFloat16 { get; } = new(typeof(TiedFloat16), Models.TiedFloat16.Load);

    /// <summary>Every one.</summary>
    public static IReadOnlyList<DeclaredModel> All { get; } =
    [
        LlamaGolden,
        LlamaGoldenShortChunk,
        Stories260K,
        new(typeof(MultiHeadRelu), MultiHeadRelu.Load),
        new(typeof(BiasedGelu), BiasedGelu.Load),
        new(typeof(InterleavedGeluTanh), InterleavedGeluTanh.Load),
        new(typeof(MultiQueryGeluQuick), MultiQueryGeluQuick.Load),
        new(typeof(WideHeadSilu), WideHeadSilu.Load),
        new(typeof(PartlyInterleavedSquaredRelu), PartlyInterleavedSquaredRelu.Load),
        BiasedReGlu,
        new(typeof(ScaledGeGlu), ScaledGeGlu.Load),
        LongContext4096,
        LongContext8192,
        OneOfEverything,
        LlamaGoldenBFloat16,
        TiedFloat16,
    ];

    /// <summary>The names of <see cref="All"/>.</summary>
    public static TheoryData<string> Names => [.. All.Select(model => model.Name)];

    /// <summary><see cref="Supported"/>.</summary>
    public static TheoryData<InstructionSet> InstructionSetsOfThisProcess => [.. Supported];

    /// <summary>Each of <see cref="All"/> on each instruction set of this process.</summary>
    public static TheoryData<string, InstructionSet> OnEachInstructionSet => WithContext(1);

    /// <summary>Each of <see cref="All"/> whose context holds so many positions, on each instruction set of this process.</summary>
    public static TheoryData<string, InstructionSet> WithContext(int positions)
    {
        TheoryData<string, InstructionSet> cases = [];
        foreach (DeclaredModel model in All.Where(model => model.ContextLength >= positions))
        {
            foreach (InstructionSet instructionSet in Supported)
            {
                cases.Add(model.Name, instructionSet);
            }
        }

        return cases;
    }

    /// <summary>The instruction sets of this process, the best first.</summary>
    public static IEnumerable<InstructionSet> Supported =>
        Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported).OrderDescending();

    /// <summary>The one of the given name.</summary>
    public static DeclaredModel Get(string name) => All.Single(model => model.Name == name);
}

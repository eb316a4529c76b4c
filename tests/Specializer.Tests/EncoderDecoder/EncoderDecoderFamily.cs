using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.EncoderDecoder;

/// <summary>A family with its golden checkpoint and the model declared for it.</summary>
/// <param name="Name">The folder of the golden data.</param>
/// <param name="StartToken">The decoder's first token.</param>
/// <param name="LoadModel">Loads the declared model.</param>
public sealed record EncoderDecoderFamily(
    string Name,
    int StartToken,
    Func<WeightsSource, ModelOptions, ISequenceToSequenceModel<TokenInput>> LoadModel
)
{
    public static IReadOnlyList<EncoderDecoderFamily> All { get; } =
    [
        new("t5", 0, T5.Load),
        new("t5_v11", 0, T5Gated.Load),
        new("bart", 2, Bart.Load),
        new("marian", 210, Marian.Load),
        new("transformer2017", 0, Transformer2017.Load),
    ];

    /// <summary>Every family on every instruction set of this process, with one thread or two.</summary>
    public static TheoryData<string, InstructionSet, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, InstructionSet, int>();
            foreach (EncoderDecoderFamily family in All)
            {
                foreach (InstructionSet instructionSet in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
                {
                    // Threads beside each other change nothing but the order of work.
                    cases.Add(family.Name, instructionSet, 1 + (cases.Count() % 2));
                }
            }

            return cases;
        }
    }

    public static EncoderDecoderFamily Named(string name) => All.Single(family => family.Name == name);

    public ISequenceToSequenceModel<TokenInput> Load(InstructionSet instructionSet, int threads)
    {
        using SafetensorsFile file = SafetensorsFile.Open(SharedData.Path("goldens", Name, "model.safetensors"));
        return LoadModel(file, new ModelOptions { InstructionSet = instructionSet, Threads = threads });
    }
}

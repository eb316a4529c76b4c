using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Families;

/// <summary>A family of encoders with its golden checkpoint and the model declared for it.</summary>
/// <param name="Name">The folder of the golden data.</param>
/// <param name="Output">The name of the head's output in the golden data.</param>
/// <param name="LoadSource">Loads the declared model.</param>
public sealed record EncoderFamily(string Name, string Output, Func<WeightsSource, ModelOptions, IEncoderModel<TokenInput>> LoadSource)
{
    public static IReadOnlyList<EncoderFamily> All { get; } =
    [
        new("bert", "pooler", Bert.Load),
        new("bert_mlm", "logits", BertMaskedLanguageModel.Load),
        new("bert_realistic", "pooler", BertRealistic.Load),
        new("roberta", "pooler", Roberta.Load),
        new("longformer", "pooler", Longformer.Load),
        new("distilbert", "logits", DistilBert.Load),
        new("albert", "pooler", Albert.Load),
    ];

    /// <summary>Each of <see cref="All"/> on each instruction set of this process, with one thread and with two.</summary>
    public static TheoryData<string, InstructionSet, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, InstructionSet, int>();
            foreach (EncoderFamily family in All)
            {
                foreach (InstructionSet instructionSet in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
                {
                    cases.Add(family.Name, instructionSet, 1);
                    cases.Add(family.Name, instructionSet, 2);
                }
            }

            return cases;
        }
    }

    public static EncoderFamily Named(string name) => All.Single(family => family.Name == name);

    public string GoldenPath => SharedData.Path("goldens", Name, "golden.safetensors");

    /// <summary>Loads the golden checkpoint.</summary>
    public IEncoderModel<TokenInput> Load(InstructionSet instructionSet, int threads)
    {
        using SafetensorsFile file = SafetensorsFile.Open(SharedData.Path("goldens", Name, "model.safetensors"));
        return LoadSource(file, new ModelOptions { InstructionSet = instructionSet, Threads = threads });
    }
}

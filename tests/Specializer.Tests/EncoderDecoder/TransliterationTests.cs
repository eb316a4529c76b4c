using System;
using System.IO;
using System.Linq;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.EncoderDecoder;

/// <summary>A trained checkpoint of no known family, declared by attributes and tensor names, gives its published output.</summary>
[Feature("transliteration")]
public sealed class TransliterationTests
{
    private const int Begin = 1,
        End = 2;

    public static TheoryData<InstructionSet> Cases => [.. Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported)];

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Arabic_letters_become_Latin_ones_as_published(InstructionSet instructionSet)
    {
        string folder = SharedData.Path("models", "transliteration");
        string[] source = File.ReadAllLines(Path.Combine(folder, "source_vocabulary.txt")),
            target = File.ReadAllLines(Path.Combine(folder, "target_vocabulary.txt"));
        using Transliterator model = Transliterator.Load(
            Path.Combine(folder, "model.safetensors"),
            new ModelOptions { InstructionSet = instructionSet }
        );
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession();
        foreach ((string word, string expected) in new[] { ("آ ت ز م و ن", "a t z m o n"), ("آ ت ش ي س و ن", "a c h i s o n") })
        {
            session.Encode([.. word.Split(' ').Select(letter => Array.IndexOf(source, letter))]);
            int[] tokens = new int[20];
            int count = GreedySearch.Generate(session, [Begin], tokens, End);
            Assert.Equal(
                expected,
                string.Join(' ', tokens.AsSpan(0, count).ToArray().Where(static token => token != End).Select(token => target[token]))
            );
        }
    }
}

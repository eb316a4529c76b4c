using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Parsing.Families;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Fuzzing;

/// <summary>
/// The logits of T5 as the versions of transformers save it: with the embeddings, scaled, as T5 1.0 was trained; with a matrix of its own,
/// as T5 1.1 was; and as transformers 5 writes both, tied, with <c>scale_decoder_outputs</c>.
/// </summary>
[Feature("tied-embeddings")]
public sealed class T5TyingTests
{
    private const int Width = 36;
    private const string Head = "lm_head.weight";
    private const string Embeddings = "shared.weight";
    private const string Fields =
        "\"model_type\": \"t5\", \"architectures\": [\"T5ForConditionalGeneration\"], \"vocab_size\": 61, \"d_model\": 36, \"d_kv\": 12, \"d_ff\": 50, \"num_layers\": 2, \"num_decoder_layers\": 1, \"num_heads\": 3, \"n_positions\": 40, \"feed_forward_proj\": \"gated-gelu\"";

    private const string NewUnscaled = "\"tie_word_embeddings\": true, \"scale_decoder_outputs\": false";
    private const string OldUntied = "\"tie_word_embeddings\": false";
    private const string OldTied = "\"tie_word_embeddings\": true";
    private const string NewScaled = "\"tie_word_embeddings\": true, \"scale_decoder_outputs\": true";
    private const string OwnScaled = "\"tie_word_embeddings\": false, \"scale_decoder_outputs\": true";

    private static readonly string[] s_spellings = [NewUnscaled, OldUntied, OldTied, NewScaled, OwnScaled];

    private static readonly Lazy<FuzzAssembly> s_assembly = new(static () => new FuzzAssembly(AssemblyName, Architectures));

    internal const string AssemblyName = "t5-tying";

    internal static IReadOnlyList<TransformerArchitecture> Architectures => [.. s_spellings.Select(Architecture)];

    [Theory]
    [InlineData(NewUnscaled)]
    [InlineData(OldUntied)]
    [InlineData(OldTied)]
    [InlineData(NewScaled)]
    [InlineData(OwnScaled)]
    public void Every_spelling_agrees_with_the_oracle(string spelling)
    {
        Outcome outcome = Comparison.Run(
            Architecture(spelling),
            new FuzzCase { Seed = 16, Sequences = 2 },
            (tensors, options) => Load(spelling, tensors, options)
        );
        Assert.True(outcome.Verdict == Verdict.Agrees, outcome.Message);
    }

    /// <summary>The formulas, whatever the reader of the file makes of it: which matrix, and whether the states are scaled.</summary>
    [Fact]
    public void The_matrix_is_the_files_or_the_embeddings_and_the_scale_is_what_the_file_says()
    {
        CheckpointTensors own = new(Architecture(OldUntied), seed: 1);
        Altered tied = new(own, hidden: Head, copy: null),
            copied = new(own, hidden: Head, copy: (Embeddings, Head));
        float[] withOwn = Logits(OldUntied, own),
            withEmbeddings = Logits(OldUntied, copied);
        Assert.NotEqual(withOwn, withEmbeddings);

        // In transformers 5, a head of the file is used, and the embeddings replace an absent one.
        Assert.Equal(withOwn, Logits(NewUnscaled, own));
        Assert.Equal(withEmbeddings, Logits(NewUnscaled, copied));
        Assert.Equal(withEmbeddings, Logits(NewUnscaled, tied));

        // T5 1.0: the same states times d_model^-0.5.
        float[] scaled = Logits(OldTied, tied);
        Assert.Equal(scaled, Logits(NewScaled, tied));
        Assert.Equal(scaled, Logits(NewScaled, copied));
        AssertScaled(withEmbeddings, scaled);
        AssertScaled(withOwn, Logits(OwnScaled, own));
    }

    [Theory]
    [InlineData(OldTied)]
    [InlineData(NewScaled)]
    public void A_head_that_differs_from_scaled_embeddings_is_refused_with_what_works(string spelling)
    {
        CheckpointTensors own = new(Architecture(OldUntied), seed: 1);
        WeightsException exception = Assert.Throws<WeightsException>(() => Load(spelling, own, new ModelOptions()));
        Assert.Equal((WeightsProblemKind.CopiesDiffer, Head), (Assert.Single(exception.Problems).Kind, exception.Problems[0].Tensor));
        Assert.EndsWith(
            "to use the checkpoint's output matrix, set \"tie_word_embeddings\": false and \"scale_decoder_outputs\": true in the config.json; to use the embeddings, save the checkpoint without the output matrix.",
            exception.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(OldUntied)]
    [InlineData(OwnScaled)]
    public void An_absent_head_is_missing_where_the_file_says_that_it_has_one(string spelling)
    {
        CheckpointTensors own = new(Architecture(OldUntied), seed: 1);
        WeightsException exception = Assert.Throws<WeightsException>(() =>
            Load(spelling, new Altered(own, hidden: Head, copy: null), new ModelOptions())
        );
        Assert.Equal((WeightsProblemKind.MissingTensor, Head), (Assert.Single(exception.Problems).Kind, exception.Problems[0].Tensor));
        Assert.Contains("set \"tie_word_embeddings\": true in the config.json.", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("TiedEmbeddings", exception.Message, StringComparison.Ordinal);
    }

    private static void AssertScaled(float[] plain, float[] scaled) =>
        Assert.All(
            plain.Zip(scaled),
            static pair => Assert.Equal(pair.First / Math.Sqrt(Width), pair.Second, 1e-5 * (1 + Math.Abs(pair.Second)))
        );

    private static float[] Logits(string spelling, WeightsSource source)
    {
        using var model = (ISequenceToSequenceModel<TokenInput>)Load(spelling, source, new ModelOptions());
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession();
        session.Encode([5, 17, 3, 42, 8]);
        return session.Prefill([0, 7, 11]).ToArray();
    }

    private static TransformerModel Load(string spelling, WeightsSource source, ModelOptions options) =>
        s_assembly.Value.Load(Array.IndexOf(s_spellings, spelling), source, options);

    private static TransformerArchitecture Architecture(string spelling)
    {
        var configuration = ModelConfiguration.Read($"{{ {Fields}, {spelling} }}");
        TransformerArchitecture parsed = FamilyParser.Parse(configuration)!;
        Assert.Empty(configuration.Problems.InOrder);
        return parsed with { ChunkLength = 8, Encoder = parsed.Encoder! with { ChunkLength = 8 } };
    }

    /// <summary>A checkpoint without one of its tensors, and with another one once more.</summary>
    private sealed class Altered(WeightsSource source, string hidden, (string Of, string Name)? copy) : WeightsSource
    {
        public override string Description => source.Description;

        public override IReadOnlyCollection<string> Names =>
            [.. source.Names.Where(name => name != hidden), .. copy is { } added ? new[] { added.Name } : []];

        public override bool TryGetTensor(string name, out TensorView view)
        {
            if (name == copy?.Name)
            {
                return source.TryGetTensor(copy.Value.Of, out view);
            }

            view = default;
            return name != hidden && source.TryGetTensor(name, out view);
        }
    }
}

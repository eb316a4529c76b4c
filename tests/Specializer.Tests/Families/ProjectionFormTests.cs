using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.TestKit;
using Specializer.Tests.EncoderDecoder;
using Xunit;

namespace Specializer.Tests.Families;

/// <summary>Every family's golden checkpoint with its projections in the other form, fused or apart: the same weights, to the bit, or a refusal.</summary>
[Feature("tensor-names")]
public sealed class ProjectionFormTests
{
    private delegate TransformerModel Loader(WeightsSource source, ModelOptions options);

    /// <summary>Projections of a family's layers.</summary>
    /// <param name="Golden">The folder of the golden checkpoint.</param>
    /// <param name="Load">Loads it.</param>
    /// <param name="Whole">The last part of the name of the fused tensor.</param>
    /// <param name="Parts">The last parts of the names of those that are apart.</param>
    private sealed record Projections(string Golden, Loader Load, string Whole, string[] Parts)
    {
        /// <summary>The number of rows of each part; equal ones by default.</summary>
        public int[] Rows { get; init; } = [];

        /// <summary>The groups of rows that follow one another in the fused tensor: one for each key/value head.</summary>
        public int Groups { get; init; } = 1;

        /// <summary>Whether matrices are [inputs, outputs].</summary>
        public bool InputsFirst { get; init; }

        /// <summary>Whether some of the projections alone have a bias, which a fused one cannot hold.</summary>
        public bool BiasesStayApart { get; init; }
    }

    private static readonly string[] s_usual = ["q_proj", "k_proj", "v_proj"],
        s_bert = ["query", "key", "value"],
        s_t5 = ["q", "k", "v"],
        s_gated = ["gate_proj", "up_proj"];

    /// <summary>Families that keep them fused.</summary>
    private static readonly Projections[] s_fused =
    [
        new("gpt2", Gpt2.Load, "c_attn", s_usual) { InputsFirst = true },
        new("gpt_neox", GptNeoX.Load, "query_key_value", s_usual) { Groups = 4 },
        new("bloom", Bloom.Load, "query_key_value", s_usual) { Groups = 8 },
        new("falcon", Falcon.Load, "query_key_value", s_usual) { Rows = [96, 12, 12] },
        new("mpt", Mpt.Load, "Wqkv", s_usual),
        new("phi3", Phi3.Load, "qkv_proj", s_usual),
        new("phi3", Phi3.Load, "gate_up_proj", s_gated),
    ];

    /// <summary>Families that keep them apart.</summary>
    private static readonly Projections[] s_apart =
    [
        new("llama3", Llama3.Load, "qkv_proj", s_usual),
        new("llama3", Llama3.Load, "gate_up_proj", s_gated),
        new("mistral", Mistral.Load, "qkv_proj", s_usual),
        new("qwen2", Qwen2.Load, "qkv_proj", s_usual),
        new("qwen3", Qwen3.Load, "qkv_proj", s_usual),
        new("gemma", Gemma.Load, "gate_up_proj", s_gated),
        new("gemma2", Gemma2.Load, "qkv_proj", s_usual),
        new("gemma3", Gemma3.Load, "qkv_proj", s_usual),
        new("gptj", GptJ.Load, "qkv_proj", s_usual),
        new("phi", Phi.Load, "qkv_proj", s_usual),
        new("bert", Bert.Load, "qkv_proj", s_bert),
        new("roberta", Roberta.Load, "qkv_proj", s_bert),
        new("longformer", Longformer.Load, "qkv_proj", s_bert),
        new("distilbert", DistilBert.Load, "qkv_proj", ["q_lin", "k_lin", "v_lin"]),
        new("albert", Albert.Load, "qkv_proj", s_bert),
        new("vit", Vit.Load, "qkv_proj", s_bert),
        new("t5", T5.Load, "SelfAttention.qkv_proj", [.. s_t5.Select(static part => "SelfAttention." + part)]),
        new("t5", T5.Load, "EncDecAttention.kv_proj", ["EncDecAttention.k", "EncDecAttention.v"]),
        new("t5_v11", T5Gated.Load, "gate_up_proj", ["wi_0", "wi_1"]),
        new("bart", Bart.Load, "self_attn.qkv_proj", [.. s_usual.Select(static part => "self_attn." + part)]),
        new("bart", Bart.Load, "encoder_attn.kv_proj", ["encoder_attn.k_proj", "encoder_attn.v_proj"]),
        new("marian", Marian.Load, "encoder_attn.kv_proj", ["encoder_attn.k_proj", "encoder_attn.v_proj"]),
        new("transformer2017", Transformer2017.Load, "self_attn.qkv_proj", [.. s_usual.Select(static part => "self_attn." + part)]),
        new("whisper", Whisper.Load, "self_attn.qkv_proj", [.. s_usual.Select(static part => "self_attn." + part)])
        {
            BiasesStayApart = true,
        },
        new("whisper", Whisper.Load, "encoder_attn.kv_proj", ["encoder_attn.k_proj", "encoder_attn.v_proj"]) { BiasesStayApart = true },
    ];

    public static TheoryData<string, string> Fused => Cases(s_fused);

    public static TheoryData<string, string> Apart => Cases(s_apart);

    [SharedDataTheory]
    [MemberData(nameof(Fused))]
    public void Projections_that_a_family_keeps_fused_may_be_apart(string golden, string whole)
    {
        Projections projections = Of(s_fused, golden, whole);
        RewrittenCheckpoint plain = Open(golden),
            apart = plain;
        string[] wholes = [.. plain.Names.Where(name => Ends(name, whole) is not null)];
        Assert.NotEmpty(wholes);
        foreach (string name in wholes)
        {
            (string before, string suffix) = Ends(name, whole)!.Value;
            int total = (int)plain.Shape(name)[^(projections.InputsFirst || suffix == ".bias" ? 1 : 2)];
            apart = apart.Split(
                name,
                projections.Groups,
                projections.InputsFirst && suffix == ".weight",
                [
                    .. projections.Parts.Select(
                        (part, i) =>
                            (before + part + suffix, projections.Rows.Length == 0 ? total / projections.Parts.Length : projections.Rows[i])
                    ),
                ]
            );
        }

        Same(plain, apart, projections);
        AssertMissingAndExtraAreReported(plain, apart, projections, wholes[0]);
    }

    [SharedDataTheory]
    [MemberData(nameof(Apart))]
    public void Projections_that_a_family_keeps_apart_may_be_fused(string golden, string whole)
    {
        Projections projections = Of(s_apart, golden, whole);
        RewrittenCheckpoint plain = Open(golden),
            fused = plain;
        string[] firsts = [.. plain.Names.Where(name => Ends(name, projections.Parts[0]) is not null)];
        Assert.NotEmpty(firsts);
        string made = "";
        foreach (string name in firsts)
        {
            (string before, string suffix) = Ends(name, projections.Parts[0])!.Value;
            if (suffix == ".weight" || !projections.BiasesStayApart)
            {
                made = before + whole + suffix;
                fused = fused.Fuse(made, [.. projections.Parts.Select(part => before + part + suffix)]);
            }
        }

        Same(plain, fused, projections);

        // A fused tensor of another shape is reported once, by the name of the tensor that it replaces.
        string first = firsts[^1];
        long[] shape = fused.Shape(made);
        WeightsException exception = Assert.Throws<WeightsException>(() =>
            fused.Without(made).WithZeros(made, [shape[0] + 1, .. shape[1..]]).Pack(new(projections.Load))
        );
        WeightsProblem problem = Assert.Single(exception.Problems);
        Assert.Equal((WeightsProblemKind.WrongShape, made, TensorExtent.Format(shape)), (problem.Kind, problem.Tensor, problem.Expected));
        Assert.Contains("It is read in the place of \"", exception.Message, StringComparison.Ordinal);
        Assert.Contains(first[^10..] + "\".", exception.Message, StringComparison.Ordinal);

        // Beside the parts the whole is one tensor too many.
        Assert.Equal(
            (WeightsProblemKind.UnexpectedTensor, made),
            Assert.Throws<WeightsException>(() => plain.WithZeros(made, shape).Pack(new(projections.Load))).Problems.Select(Of).Single()
        );
    }

    /// <summary>Whisper's keys have no bias, so a fused one would lose their values.</summary>
    [SharedDataFact]
    public void A_fused_bias_stands_for_none_where_some_projections_have_none()
    {
        Projections projections = Of(s_apart, "whisper", "self_attn.qkv_proj");
        RewrittenCheckpoint plain = Open("whisper");
        string before = Ends(
            plain.Names.First(static name => name.EndsWith("self_attn.q_proj.bias", StringComparison.Ordinal)),
            "self_attn.q_proj"
        )!.Value.Before;
        WeightsException exception = Assert.Throws<WeightsException>(() =>
            plain
                .WithZeros(before + "self_attn.k_proj.bias", plain.Shape(before + "self_attn.q_proj.bias"))
                .Fuse(before + "self_attn.qkv_proj.bias", [.. projections.Parts.Select(part => before + part + ".bias")])
                .Pack(new(projections.Load))
        );
        Assert.Equal(
            [
                (WeightsProblemKind.MissingTensor, before + "self_attn.q_proj.bias"),
                (WeightsProblemKind.MissingTensor, before + "self_attn.v_proj.bias"),
                (WeightsProblemKind.UnexpectedTensor, before + "self_attn.qkv_proj.bias"),
            ],
            exception.Problems.Select(Of).Order()
        );
    }

    private static void AssertMissingAndExtraAreReported(
        RewrittenCheckpoint plain,
        RewrittenCheckpoint apart,
        Projections projections,
        string whole
    )
    {
        (string before, string suffix) = Ends(whole, projections.Whole)!.Value;
        string part = before + projections.Parts[1] + suffix;
        WeightsProblem problem = Assert.Single(
            Assert.Throws<WeightsException>(() => apart.Without(part).Pack(new(projections.Load))).Problems
        );
        Assert.Equal(
            (WeightsProblemKind.MissingTensor, part, TensorExtent.Format(apart.Shape(part))),
            (problem.Kind, problem.Tensor, problem.Expected)
        );
        Assert.Equal(
            (WeightsProblemKind.UnexpectedTensor, part),
            Assert
                .Throws<WeightsException>(() => plain.WithZeros(part, apart.Shape(part)).Pack(new(projections.Load)))
                .Problems.Select(Of)
                .Single()
        );
    }

    private static void Same(RewrittenCheckpoint plain, RewrittenCheckpoint other, Projections projections)
    {
        Assert.NotEqual(plain.Names.Order(), other.Names.Order());
        Assert.True(
            plain.Pack(new(projections.Load)).AsSpan().SequenceEqual(other.Pack(new(projections.Load))),
            "The packed weights differ."
        );
    }

    private static (WeightsProblemKind Kind, string Tensor) Of(WeightsProblem problem) => (problem.Kind, problem.Tensor!);

    private static RewrittenCheckpoint Open(string golden) =>
        RewrittenCheckpoint.Of(SharedData.Path("goldens", golden, "model.safetensors"));

    /// <summary>The parts of a name before and after some of its last parts; null if it has other ones.</summary>
    private static (string Before, string Suffix)? Ends(string name, string parts)
    {
        string? suffix = new[] { ".weight", ".bias" }.FirstOrDefault(suffix =>
            name.EndsWith("." + parts + suffix, StringComparison.Ordinal)
        );
        return suffix is null ? null : (name[..^(parts.Length + suffix.Length)], suffix);
    }

    private static Projections Of(IEnumerable<Projections> all, string golden, string whole) =>
        all.Single(projections => projections.Golden == golden && projections.Whole == whole);

    private static TheoryData<string, string> Cases(IEnumerable<Projections> all)
    {
        TheoryData<string, string> cases = [];
        foreach (Projections projections in all)
        {
            cases.Add(projections.Golden, projections.Whole);
        }

        return cases;
    }
}

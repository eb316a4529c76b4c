using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.TestKit;

namespace Specializer.Fuzzing;

using Activation = Specializer.Generator.Architecture.Activation;
using NormKind = Specializer.Generator.Architecture.NormKind;

/// <summary>
/// A node test of ONNX as a model that computes only this node. Its inputs are the embeddings of its tokens, projections select
/// its parts, and the other parts of the model are multiplied with zero. Norms without effect have an ε (a power of two) that
/// squares are negligible to, and a weight that compensates for it.
/// </summary>
internal abstract class OnnxNode
{
    /// <summary>ε of a norm that changes nothing: √ε is what <see cref="IdentityWeight"/> multiplies with.</summary>
    protected const float IdentityEpsilon = 1L << 60;

    protected const float IdentityWeight = 1 << 30;

    protected OnnxNode(string name)
    {
        using GoldenFile file = GoldenFile.Open(SharedData.Path("goldens", "onnx", name + ".safetensors"));
        Tensors = file
            .Names.Where(tensor => !tensor.EndsWith("position_ids", StringComparison.Ordinal))
            .ToDictionary(static tensor => tensor, file.Doubles);
        Shapes = file.Names.ToDictionary(static tensor => tensor, file.Shape);
        Positions = file.Names.Contains("input.position_ids") ? file.Integers("input.position_ids") : null;
        Metadata = file.Metadata;
    }

    /// <summary>The model.</summary>
    public abstract TransformerArchitecture Architecture { get; }

    /// <summary>The expected output by rows.</summary>
    public abstract double[][] Expected { get; }

    protected IReadOnlyDictionary<string, double[]> Tensors { get; }

    protected IReadOnlyDictionary<string, int[]> Shapes { get; }

    protected int[]? Positions { get; }

    protected IReadOnlyDictionary<string, string> Metadata { get; }

    public static OnnxNode Open(string name) =>
        name.StartsWith("attention", StringComparison.Ordinal) ? new OnnxAttention(name)
        : name.StartsWith("softmax", StringComparison.Ordinal) ? OnnxAttention.OfSoftmax(name)
        : name.StartsWith("rotary", StringComparison.Ordinal) ? new OnnxRotary(name)
        : name.Contains("normalization", StringComparison.Ordinal) ? new OnnxNorm(name)
        : new OnnxActivation(name);

    /// <summary>Returns the output on an instruction set.</summary>
    /// <param name="load">Loads the model.</param>
    /// <param name="instructionSet">The instruction set.</param>
    public abstract float[] Run(Func<WeightsSource, ModelOptions, TransformerModel> load, InstructionSet instructionSet);

    protected double Number(string attribute, double otherwise) =>
        Metadata.TryGetValue("attribute." + attribute, out string? text) ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>A checkpoint in which every tensor is zero but the norms, which change nothing.</summary>
    protected CheckpointTensors Nothing()
    {
        CheckpointTensors tensors = new(Architecture, seed: 1);
        foreach (string name in tensors.Names)
        {
            bool isNorm = name.Contains("norm", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal);
            tensors.Set(name, _ => isNorm ? IdentityWeight : 0);
        }

        return tensors;
    }

    /// <summary>A matrix [outputs, inputs] whose first outputs are inputs, from one on.</summary>
    protected static void Pick(CheckpointTensors tensors, string name, int inputs, int from, int count) =>
        tensors.Set(name, at => at / inputs < count && at % inputs == from + (at / inputs) ? 1 : 0);

    /// <summary>A matrix [outputs, inputs] whose outputs, from one on, are the inputs.</summary>
    protected static void Place(CheckpointTensors tensors, string name, int inputs, int to) =>
        tensors.Set(name, at => at / inputs == to + (at % inputs) ? 1 : 0);

    /// <summary>Embeddings whose first elements are these.</summary>
    protected static void Embed(CheckpointTensors tensors, string name, double[][] rows, int width) =>
        tensors.Set(name, at => at / width < rows.Length && at % width < rows[at / width].Length ? (float)rows[at / width][at % width] : 0);

    /// <summary>The hidden states of an encoder after its last layer, or its final norm if it has one.</summary>
    protected static float[] Encode(TransformerModel loaded, int tokens)
    {
        using var model = (IEncoderModel<TokenInput>)loaded;
        using IEncoderSession<TokenInput> session = model.CreateSession();
        float[] output = new float[tokens * model.Description.OutputWidth];
        session.Encode(new TokenInput([.. Enumerable.Range(0, tokens)]), output);
        return output;
    }
}

/// <summary>LayerNormalization and RMSNormalization: the final norm of an encoder that does nothing else. All axes from the given one on are one vector.</summary>
internal sealed class OnnxNorm(string name) : OnnxNode(name)
{
    private bool IsLayer => Metadata["operator"] == "LayerNormalization";

    private int Width => Tensors["input.W"].Length;

    private double[][] Vectors => [.. Tensors["input.X"].Chunk(Width)];

    public override double[][] Expected => [.. Tensors["output.Y"].Chunk(Width)];

    public override TransformerArchitecture Architecture =>
        new FuzzCase
        {
            Stack = Generator.Architecture.Stack.Encoder,
            Width = Width,
            VocabularySize = Vectors.Length,
            ContextLength = Vectors.Length,
            Norm = IsLayer ? NormKind.Layer : NormKind.RootMeanSquare,
            NormBias = IsLayer,
            Epsilon = (float)Number("epsilon", 1e-5),
        }.ToArchitecture();

    public override float[] Run(Func<WeightsSource, ModelOptions, TransformerModel> load, InstructionSet instructionSet)
    {
        using CheckpointTensors tensors = Nothing();
        Embed(tensors, "embed.weight", Vectors, Width);
        tensors.Set("norm.weight", at => (float)Tensors["input.W"][at]);
        if (IsLayer)
        {
            tensors.Set("norm.bias", at => (float)Tensors["input.B"][at]);
        }

        return Encode(load(tensors, new ModelOptions { InstructionSet = instructionSet, Threads = 1 }), Vectors.Length);
    }
}

/// <summary>Gelu and Swish: the feed-forward block of an encoder whose up and down projections change nothing.</summary>
internal sealed class OnnxActivation(string name) : OnnxNode(name)
{
    private int Count => Shapes["input.x"][^1];

    private double[][] Vectors => [.. Tensors["input.x"].Chunk(Count)];

    public override double[][] Expected => [.. Tensors["output.y"].Chunk(Count)];

    public override TransformerArchitecture Architecture =>
        new FuzzCase
        {
            Stack = Generator.Architecture.Stack.Encoder,
            Width = 2 * Count,
            VocabularySize = Vectors.Length,
            ContextLength = Vectors.Length,
            FeedForwardWidth = Count,
            Activation =
                Metadata["operator"] == "Swish" ? Activation.Silu
                : Metadata.ContainsKey("attribute.approximate") ? Activation.GeluTanh
                : Activation.Gelu,
            Epsilon = IdentityEpsilon,
            NoFinalNorm = true,
        }.ToArchitecture();

    public override float[] Run(Func<WeightsSource, ModelOptions, TransformerModel> load, InstructionSet instructionSet)
    {
        using CheckpointTensors tensors = Nothing();
        Embed(tensors, "embed.weight", Vectors, 2 * Count);
        Pick(tensors, "layers.0.up.weight", inputs: 2 * Count, from: 0, Count);
        Place(tensors, "layers.0.down.weight", inputs: Count, to: Count);
        float[] states = Encode(load(tensors, new ModelOptions { InstructionSet = instructionSet, Threads = 1 }), Vectors.Length);
        return [.. states.Chunk(2 * Count).SelectMany(row => row[Count..])];
    }
}

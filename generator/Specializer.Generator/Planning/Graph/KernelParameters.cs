namespace Specializer.Generator.Planning;

/// <summary>The parameters of kernels. A step binds each to a value, and the emission prints both from that.</summary>
internal static class KernelParameters
{
    /// <summary>Rows that a kernel reads.</summary>
    public static KernelParameter Input { get; } = Floats("input");

    /// <summary>Rows that a kernel writes.</summary>
    public static KernelParameter Output { get; } = Floats("output");

    /// <summary>The packed panels of a linear layer.</summary>
    public static KernelParameter Weights { get; } = Floats("weights");

    /// <summary>The bias of a linear layer.</summary>
    public static KernelParameter LinearBias { get; } = Floats("bias");

    /// <summary>The weight of a norm, and its bias after it.</summary>
    public static KernelParameter NormWeight { get; } = Floats("weight");

    /// <summary>Token ids.</summary>
    public static KernelParameter Tokens { get; } = Integers("tokens");

    /// <summary>The embeddings of tokens.</summary>
    public static KernelParameter Table { get; } = Floats("table");

    /// <summary>The embeddings of positions.</summary>
    public static KernelParameter Positions { get; } = Floats("positions");

    /// <summary>The types of tokens; null for type 0.</summary>
    public static KernelParameter TokenTypes { get; } = Integers("tokenTypes");

    /// <summary>The embeddings of token types.</summary>
    public static KernelParameter Types { get; } = Floats("types");

    /// <summary>The learned class state before the patches of an image.</summary>
    public static KernelParameter First { get; } = Floats("first");

    /// <summary>The learned states between the class state and the patches of an image.</summary>
    public static KernelParameter Later { get; } = Floats("later");

    /// <summary>The pixels of an image.</summary>
    public static KernelParameter Pixels { get; } = Floats("pixels");

    /// <summary>The audio frames.</summary>
    public static KernelParameter Frames { get; } = Floats("frames");

    /// <summary>The number of frames.</summary>
    public static KernelParameter Count { get; } = Integer("count");

    /// <summary>The logits of one row.</summary>
    public static KernelParameter Logits { get; } = Floats("logits");

    /// <summary>Queries, keys and values as projected, or those of them that a kernel reads.</summary>
    public static KernelParameter Projected { get; } = Floats("projected");

    /// <summary>Cosines and sines of the rotary angles.</summary>
    public static KernelParameter RotaryTable { get; } = Floats("rotaryTable");

    /// <summary>The norm of every query head.</summary>
    public static KernelParameter QueryNorm { get; } = Floats("queryNorm");

    /// <summary>The norm of every key head.</summary>
    public static KernelParameter KeyNorm { get; } = Floats("keyNorm");

    /// <summary>The factor of q·k if it depends on the layer.</summary>
    public static KernelParameter Scale { get; } = new("scale", ParameterType.Float);

    /// <summary>The prepared queries.</summary>
    public static KernelParameter Queries { get; } = Floats("queries");

    /// <summary>The cached keys.</summary>
    public static KernelParameter Keys { get; } = Floats("keys");

    /// <summary>The cached values.</summary>
    public static KernelParameter Values { get; } = Floats("values");

    /// <summary>The states of linear attention: Σ φ(k) vᵀ.</summary>
    public static KernelParameter States { get; } = Floats("states");

    /// <summary>The sums of linear attention: Σ φ(k).</summary>
    public static KernelParameter Sums { get; } = Floats("sums");

    /// <summary>The slopes of ALiBi.</summary>
    public static KernelParameter Slopes { get; } = Floats("slopes");

    /// <summary>The biases of relative positions.</summary>
    public static KernelParameter RelativeBias { get; } = Floats("bias");

    /// <summary>The position of the first row.</summary>
    public static KernelParameter Position { get; } = Integer("position");

    /// <summary>The length of the sequence.</summary>
    public static KernelParameter Length { get; } = Integer("length");

    /// <summary>The length of the prefix.</summary>
    public static KernelParameter Prefix { get; } = Integer("prefix");

    /// <summary>The number of global tokens before each position.</summary>
    public static KernelParameter GlobalsBefore { get; } = Integers("globalsBefore");

    /// <summary>The number of rows.</summary>
    public static KernelParameter Rows { get; } = Integer("rows");

    /// <summary>The number of this worker.</summary>
    public static KernelParameter Worker { get; } = Integer("worker");

    /// <summary>The number of all workers.</summary>
    public static KernelParameter Workers { get; } = Integer("workers");

    private static KernelParameter Floats(string name) => new(name, ParameterType.Floats);

    private static KernelParameter Integers(string name) => new(name, ParameterType.Integers);

    private static KernelParameter Integer(string name) => new(name, ParameterType.Integer);
}

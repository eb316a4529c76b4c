using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>A stack of layers during planning.</summary>
/// <param name="Architecture">The stack.</param>
/// <param name="Kernels">Its kernels.</param>
/// <param name="Weights">The placement of its weights.</param>
/// <param name="Buffers">The placement of its buffers.</param>
/// <param name="Chunk">The number of rows of a chunk.</param>
/// <param name="Part">The stack of the model.</param>
internal sealed record StackContext(
    TransformerArchitecture Architecture,
    StackKernels Kernels,
    StackWeights Weights,
    BufferLayoutBuilder Buffers,
    int Chunk,
    StackPart Part = StackPart.Main
)
{
    /// <summary>The names of its tensors.</summary>
    public CheckpointNames Names => Architecture.Checkpoint.Names;

    /// <summary>The suffixes of its tensors' names.</summary>
    public TensorSuffixes Suffixes => Architecture.Checkpoint.Suffixes;

    /// <summary>Whether every layer processes the whole sequence at once.</summary>
    public bool IsEncoder => Architecture.Stack == Stack.Encoder;

    /// <summary>
    /// Whether the rows of several short inputs pass through linear layers together. Global tokens, patches and frames of audio
    /// belong to one input at a time.
    /// </summary>
    public bool EncodesTogether =>
        IsEncoder
        && Part == StackPart.Main
        && !Architecture.GlobalTokens
        && !Architecture.Attention.IsLinear
        && Architecture.Embeddings is { Patches: null, Speech: null };

    /// <summary>Returns the stack's buffer with a role.</summary>
    public BufferRef Buffer(BufferRole role) => new(role, Part);

    /// <summary>Creates a linear kernel with the storage type of the stack's weights.</summary>
    public LinearKernel Linear(int inputs, int outputs, int inputStride, int outputStride, LinearEpilogue epilogue) =>
        new(inputs, outputs, inputStride, outputStride, epilogue) { Storage = Architecture.WeightStorage };
}

using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>One stack of layers while it is planned.</summary>
/// <param name="Architecture">The stack.</param>
/// <param name="Kernels">Its kernels.</param>
/// <param name="Weights">The place of its weights.</param>
/// <param name="Buffers">The place of its buffers.</param>
/// <param name="Chunk">Rows of a chunk.</param>
/// <param name="Part">Which stack of the model it is.</param>
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

    /// <summary>Whether every layer sees the whole sequence at once.</summary>
    public bool IsEncoder => Architecture.Stack == Stack.Encoder;

    /// <summary>Returns the stack's buffer with a role.</summary>
    public BufferRef Buffer(BufferRole role) => new(role, Part);

    /// <summary>Creates a linear kernel whose weights are held as the stack's are.</summary>
    public LinearKernel Linear(int inputs, int outputs, int inputStride, int outputStride, LinearEpilogue epilogue) =>
        new(inputs, outputs, inputStride, outputStride, epilogue) { Storage = Architecture.WeightStorage };
}

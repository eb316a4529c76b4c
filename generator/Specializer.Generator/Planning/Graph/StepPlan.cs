using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// One operation of the plan: the kernels that it calls, each with the value of every parameter. Emitted calls, the
/// session's buffers and the set of kernels all follow from these calls.
/// </summary>
/// <param name="Title">The name of the step in the paper; a comment in the emitted code.</param>
internal abstract record StepPlan(string Title)
{
    /// <summary>Whether the step runs for every chunk or only for global tokens.</summary>
    public StepCondition When { get; init; }

    /// <summary>The calls of kernels, in order.</summary>
    public abstract IEnumerable<KernelCall> Calls { get; }

    /// <summary>The kernels that it calls.</summary>
    public IEnumerable<Kernel> Kernels => Calls.Select(static call => call.Kernel.Kernel);

    /// <summary>The buffers that it reads or writes through pointers to their rows.</summary>
    public virtual IEnumerable<BufferRef> Buffers =>
        Calls
            .SelectMany(static call => call.Arguments)
            .Select(static argument => argument.Addressed)
            .Where(static buffer => buffer is not null)
            .Select(static buffer => buffer!);

    /// <summary>The cache of the layer, from which the step advances to that of the next layer; null if it has none.</summary>
    public virtual LayerCache? Cache => null;
}

/// <summary>Specifies when a step runs.</summary>
internal enum StepCondition
{
    /// <summary>For every chunk, on all its rows.</summary>
    Always,

    /// <summary>For every chunk of a sequence that has a global token.</summary>
    SequenceHasGlobalTokens,

    /// <summary>For a chunk that has global tokens, on one row for each of them.</summary>
    ChunkHasGlobalTokens,
}

/// <summary>The keys and values of one layer.</summary>
/// <param name="Kernel">The kernel that reads them.</param>
/// <param name="Keys">The buffer of the keys of all layers.</param>
/// <param name="Values">The buffer of the values of all layers.</param>
internal sealed record LayerCache(AttentionKernel Kernel, BufferRef Keys, BufferRef Values)
{
    /// <summary>The number of floats from one layer's keys to the next.</summary>
    public long KeyFloats => Kernel.KeysPerHead * Kernel.Attention.KeyValueHeads;

    /// <summary>The number of floats from one layer's values to the next.</summary>
    public long ValueFloats => Kernel.ValuesPerHead * Kernel.Attention.KeyValueHeads;
}

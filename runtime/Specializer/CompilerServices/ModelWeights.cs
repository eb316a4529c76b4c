using System;
using System.ComponentModel;

namespace Specializer.CompilerServices;

/// <summary>Packed weights on their way into a model, with the instruction set they are packed for and the options of the run. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class ModelWeights
{
    internal ModelWeights(ModelDescription description, AlignedBuffer buffer, InstructionSet instructionSet, ModelOptions? options)
    {
        Description = description;
        Buffer = buffer;
        InstructionSet = instructionSet;
        Options = options;
    }

    internal ModelDescription Description { get; }

    internal AlignedBuffer Buffer { get; }

    internal InstructionSet InstructionSet { get; }

    internal ModelOptions? Options { get; }

    /// <summary>Checks a checkpoint against the model's tensor table and packs it. Everything is checked before the large block is allocated.</summary>
    /// <param name="description">The model.</param>
    /// <param name="tensors">The tensors of the model.</param>
    /// <param name="source">The checkpoint.</param>
    /// <param name="options">The options of the run.</param>
    /// <param name="generated">The instruction sets that the model has kernels for, the widest first and the portable one last; empty for all.</param>
    /// <param name="pack">Lays the tensors out in the block as the kernels of the instruction set read them.</param>
    /// <exception cref="WeightsException">The source does not hold exactly the tensors of the model.</exception>
    /// <exception cref="PlatformNotSupportedException">The instruction set of the options cannot be run, or the model was generated without it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The options have a negative number of threads.</exception>
    /// <exception cref="InsufficientMemoryException">The system does not grant that much memory.</exception>
    [CLSCompliant(false)]
    public static ModelWeights Load(
        ModelDescription description,
        TensorTable tensors,
        WeightsSource source,
        ModelOptions? options,
        ReadOnlySpan<InstructionSet> generated,
        delegate* <CheckedTensors, float*, InstructionSet, IProgress<double>?, void> pack
    )
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(source);
        InstructionSet instructionSet = Choose(options, generated);
        using AdaptedWeights? adapted = options?.Adapters is { Count: > 0 } adapters
            ? AdaptedWeights.Open(source, adapters, ownsSource: false)
            : null;
        CheckedTensors found = tensors.Check(adapted ?? source);
        AlignedBuffer buffer = AlignedBuffer.Allocate(description.PackedWeightBytes, MemoryRequest.Weights(description));
        try
        {
            pack(found, buffer.Address, instructionSet, options?.LoadProgress);
            return new ModelWeights(description, buffer, instructionSet, options);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>Memory-maps a file that <see cref="SavePacked"/> wrote for the same model.</summary>
    /// <param name="description">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">The options of the run.</param>
    /// <param name="generated">The instruction sets that the model has kernels for, the widest first and the portable one last; empty for all.</param>
    /// <exception cref="WeightsException">The file cannot be read, or was written for something else.</exception>
    /// <exception cref="PlatformNotSupportedException">The instruction set of the options cannot be run, or the model was generated without it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The options have a negative number of threads.</exception>
    public static ModelWeights OpenPacked(
        ModelDescription description,
        string path,
        ModelOptions? options,
        ReadOnlySpan<InstructionSet> generated
    )
    {
        ArgumentNullException.ThrowIfNull(description);
        if (options?.Adapters is { Count: > 0 })
        {
            throw SafetensorsFile.Unreadable(
                path,
                "packed weights cannot be adapted. Load the checkpoint with ModelOptions.Adapters, and save the packed weights again.",
                null
            );
        }

        InstructionSet instructionSet = Choose(options, generated);
        AlignedBuffer buffer = PackedFile.Open(path, new PackedHeader(description, instructionSet));
        return new ModelWeights(description, buffer, instructionSet, options);
    }

    /// <summary>Writes a model's weights to a file as they are packed in memory.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file; an existing one is replaced as a whole once everything is written.</param>
    /// <exception cref="System.IO.IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public static void SavePacked(TransformerModel model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        model.ThrowIfDisposed();
        bool held = false;
        try
        {
            model.Weights.DangerousAddRef(ref held);
            MemoryGuard.Current?.Release(model.Weights);
            PackedFile.Write(path, new PackedHeader(model.Description, model.InstructionSet), model.Weights);
        }
        finally
        {
            if (held)
            {
                model.Weights.DangerousRelease();
            }
        }
    }

    /// <summary>Returns the instruction set of the options, or the widest of this process, among those that a model has kernels for.</summary>
    /// <param name="options">The options of the run, which are checked.</param>
    /// <param name="generated">The instruction sets that the model has kernels for, the widest first and the portable one last; empty for all.</param>
    internal static InstructionSet Choose(ModelOptions? options, ReadOnlySpan<InstructionSet> generated = default)
    {
        CheckThreads(options);
        if (options?.InstructionSet is { } wanted)
        {
            return !generated.IsEmpty && Array.IndexOf(generated.ToArray(), wanted) < 0
                    ? throw new PlatformNotSupportedException(
                        $"ModelOptions.InstructionSet requests {wanted}, but the model was generated for {string.Join(", ", generated.ToArray())} only. Add it to SpecializerInstructionSets in the project file, or leave the option out."
                    )
                : InstructionSets.IsSupported(wanted) ? wanted
                : throw new PlatformNotSupportedException(
                    $"ModelOptions.InstructionSet requests {wanted}, which this process cannot run; the best it can run is {InstructionSets.Best}. Leave the option out to use that."
                );
        }

        PortableWarning.WriteOnce();
        foreach (InstructionSet instructionSet in generated)
        {
            if (InstructionSets.IsSupported(instructionSet))
            {
                return instructionSet;
            }
        }

        return generated.IsEmpty ? InstructionSets.Best : InstructionSet.Portable;
    }

    private static void CheckThreads(ModelOptions? options)
    {
        if (options is { Threads: < 0 })
        {
            throw new ArgumentOutOfRangeException(
                nameof(options),
                options.Threads,
                $"ModelOptions.Threads is {options.Threads}; give 1 or more threads, or 0 to choose automatically."
            );
        }
    }
}

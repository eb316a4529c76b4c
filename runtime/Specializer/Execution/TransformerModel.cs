using System;
using System.Threading;

namespace Specializer;

/// <summary>
/// The base of all generated models: packed weights, shared by any number of sessions, and the threads that compute.
/// </summary>
/// <remarks>A model may be used by any number of threads at once, each with its own session.</remarks>
public abstract class TransformerModel : IDisposable
{
    private readonly WorkerTeam? _team;
    private bool _disposed;
    private int _callers;

    private protected TransformerModel(
        ModelDescription description,
        AlignedBuffer weights,
        InstructionSet instructionSet,
        ModelOptions? options,
        int rowsAtOnce
    )
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(weights);
        int threads = options?.Threads ?? 0;
        if (threads < 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options),
                threads,
                $"ModelOptions.Threads is {threads}; give 1 or more threads, or 0 for as many as pay."
            );
        }

        UnoptimizedWarning.WriteOnce(description);
        Description = description;
        Weights = weights;
        InstructionSet = instructionSet;
        OriginalLengthCrossing = options?.OriginalLengthCrossing ?? OriginalLengthCrossing.Recompute;
        Threads = Math.Min(threads == 0 ? WorthwhileThreads(description, rowsAtOnce) : threads, description.ChunkLength);
        MemoryGuard.Current?.Protect(this, weights);
        _team = Threads > 1 ? new WorkerTeam(Threads) : null;
    }

    /// <summary>What is known of the model when it is compiled.</summary>
    public ModelDescription Description { get; }

    /// <summary>The instruction set whose kernels this model runs.</summary>
    public InstructionSet InstructionSet { get; }

    /// <summary>
    /// How many threads one call uses at most, the caller's included. Never more than the rows of a chunk. A call
    /// that finds the other threads busy with another session computes alone, and as many callers as threads all do; the results are the same bits.
    /// </summary>
    public int Threads { get; }

    internal AlignedBuffer Weights { get; }

    internal OriginalLengthCrossing OriginalLengthCrossing { get; }

    /// <summary>
    /// Writes the weights as they are packed in memory to a file, from which the generated class's <c>LoadPacked</c> has the
    /// model ready at once: nothing is converted, and what is not used is not even read.
    /// </summary>
    /// <param name="path">
    /// The file; one that is there is replaced as a whole when all is written. It serves this model of this version on this
    /// <see cref="InstructionSet"/> only: keep the checkpoint.
    /// </param>
    /// <exception cref="NotSupportedException">The model has no <see cref="ModelDescription.PackedLayout"/>.</exception>
    /// <exception cref="System.IO.IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public void SavePacked(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ThrowIfDisposed();
        if (Description.PackedLayout == 0)
        {
            throw new NotSupportedException($"{Description.Name} is no generated model; only those can load packed weights.");
        }

        bool held = false;
        try
        {
            Weights.DangerousAddRef(ref held);
            MemoryGuard.Current?.Release(Weights);
            PackedFile.Write(path, new PackedHeader(Description, InstructionSet), Weights);
        }
        finally
        {
            if (held)
            {
                Weights.DangerousRelease();
            }
        }
    }

    /// <summary>Opens a file that <see cref="SavePacked"/> wrote for the same model. Called by generated code.</summary>
    /// <param name="path">The file.</param>
    /// <param name="description">The model.</param>
    /// <param name="instructionSet">The instruction set whose kernels will read the weights.</param>
    /// <exception cref="WeightsException">The file cannot be read, or was not written for this.</exception>
    protected static AlignedBuffer OpenPacked(string path, ModelDescription description, InstructionSet instructionSet)
    {
        ArgumentNullException.ThrowIfNull(description);
        return PackedFile.Open(path, new PackedHeader(description, instructionSet));
    }

    /// <summary>The memory for a model's packed weights. Called by generated code.</summary>
    /// <param name="description">The model.</param>
    /// <exception cref="InsufficientMemoryException">The system does not grant that much memory.</exception>
    protected static AlignedBuffer AllocateWeights(ModelDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        return AlignedBuffer.Allocate(description.PackedWeightBytes, MemoryRequest.Weights(description));
    }

    /// <summary>Releases the weights as soon as no call is computing on them. Sessions of the model can no longer be used.</summary>
    /// <exception cref="InvalidOperationException">It is called from within a call of one of the model's sessions that uses its threads; the model is as before.</exception>
    public void Dispose()
    {
        // First, since it may refuse; it may be called any number of times.
        _team?.Dispose();
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        Weights.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The instruction set that the options ask for, checked against this machine. Called by generated code.</summary>
    /// <exception cref="PlatformNotSupportedException">This machine does not have it.</exception>
    protected static InstructionSet ChooseInstructionSet(ModelOptions? options)
    {
        if (options?.InstructionSet is null)
        {
            PortableWarning.WriteOnce();
        }

        InstructionSet chosen = options?.InstructionSet ?? InstructionSets.Best;
        if (!InstructionSets.IsSupported(chosen))
        {
            throw new PlatformNotSupportedException(
                $"ModelOptions.InstructionSet asks for {chosen}, which this process cannot run; the best it can run is {InstructionSets.Best}. Leave the option out to use that."
            );
        }

        return chosen;
    }

    /// <summary>The instruction set that the options ask for, or the widest of this machine, of a model that was generated for some only.</summary>
    /// <param name="options">How the model is run.</param>
    /// <param name="generated">Those that the model has kernels for, the widest first and the portable one last.</param>
    /// <exception cref="PlatformNotSupportedException">The options ask for one that this machine does not have, or the model was generated without.</exception>
    protected static InstructionSet ChooseInstructionSet(ModelOptions? options, ReadOnlySpan<InstructionSet> generated)
    {
        if (options?.InstructionSet is { } wanted)
        {
            return Array.IndexOf(generated.ToArray(), wanted) >= 0
                ? ChooseInstructionSet(options)
                : throw new PlatformNotSupportedException(
                    $"ModelOptions.InstructionSet asks for {wanted}, but the model was generated for {string.Join(", ", generated.ToArray())} only. Add it to SpecializerInstructionSets in the project file, or leave the option out."
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

        return InstructionSet.Portable;
    }

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);

    /// <summary>
    /// Runs work on the threads, or on the caller's alone where they are busy. As many callers as there are threads all
    /// compute alone: between them they fill the cores, and a team among them would wait at every barrier for whichever of
    /// its threads has lost its core to another caller.
    /// </summary>
    internal void Run(ParallelWork work)
    {
        int callers = Interlocked.Increment(ref _callers);
        try
        {
            if (callers >= Threads || !TryRunOnTeam(work))
            {
                work.RunAlone();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _callers);
        }
    }

    internal bool TryRunOnTeam(ParallelWork work) => _team is not null && _team.TryRun(work);

    /// <summary>
    /// One per core, unless there is so little to compute between two barriers that meeting costs more than it gains:
    /// two threads gained a tenth on a decoder of 1.6 million multiply-adds per token, and lost where another process
    /// held one of the cores.
    /// </summary>
    private static int WorthwhileThreads(ModelDescription description, int rowsAtOnce)
    {
        const long MultiplyAddsPerThread = 4_000_000;
        long worthwhile = Math.Max(1, description.MultiplyAddsPerToken * rowsAtOnce / MultiplyAddsPerThread);
        return (int)Math.Min(Environment.ProcessorCount, worthwhile);
    }
}

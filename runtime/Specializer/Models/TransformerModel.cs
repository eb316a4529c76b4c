using System;
using System.ComponentModel;
using System.Threading;
using Specializer.CompilerServices;

namespace Specializer;

/// <summary>
/// The base of all models: packed weights, shared by any number of sessions, and the threads that compute. The interfaces that a
/// model implements are its capabilities: <see cref="IDecoderModel"/>, <see cref="IEncoderModel{TInput}"/> or
/// <see cref="ISequenceToSequenceModel{TInput}"/>.
/// </summary>
/// <remarks>A model may be used by any number of threads at once, each with its own session.</remarks>
public abstract class TransformerModel : IDisposable
{
    private readonly WorkerTeam? _team;
    private bool _disposed;
    private int _callers;

    /// <summary>Takes ownership of packed weights and starts the threads. Generated code calls it.</summary>
    /// <param name="weights">The packed weights and the options of the run.</param>
    /// <exception cref="ArgumentNullException"><paramref name="weights"/> is <see langword="null"/>.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected TransformerModel(ModelWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ModelOptions? options = weights.Options;
        Description = weights.Description;
        UnoptimizedWarning.WriteOnce(Description);
        Weights = weights.Buffer;
        InstructionSet = weights.InstructionSet;
        OriginalLengthCrossing = options?.OriginalLengthCrossing ?? OriginalLengthCrossing.Recompute;
        int threads = options?.Threads ?? 0;
        Threads = Math.Min(threads == 0 ? WorthwhileThreads(Description) : threads, Description.ChunkLength);
        try
        {
            MemoryGuard.Current?.Protect(this, Weights);
            _team = Threads > 1 ? new WorkerTeam(Threads) : null;
        }
        catch
        {
            Weights.Dispose();
            throw;
        }
    }

    /// <summary>Gets the facts that are known when the model is compiled.</summary>
    public ModelDescription Description { get; }

    /// <summary>Gets the instruction set whose kernels this model runs.</summary>
    public InstructionSet InstructionSet { get; }

    /// <summary>
    /// Gets the largest number of threads of one call, the caller's included; at most as many as a chunk has rows. A call that
    /// finds the other threads busy with another session computes alone. The results are the same bits.
    /// </summary>
    public int Threads { get; }

    internal AlignedBuffer Weights { get; }

    internal OriginalLengthCrossing OriginalLengthCrossing { get; }

    /// <summary>Releases the weights as soon as no call is computing on them. Sessions of the model can no longer be used.</summary>
    /// <exception cref="InvalidOperationException">
    /// It is called from within a call of one of the model's sessions that uses its threads; the model is as before.
    /// </exception>
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

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);

    /// <summary>
    /// Runs work on the threads, or on the caller's thread alone if they are busy. If there are as many callers as threads, all
    /// compute alone. Together they use all cores. A team would wait at every barrier for threads whose cores run another caller.
    /// </summary>
    internal void Run(IParallelWork work)
    {
        int callers = Interlocked.Increment(ref _callers);
        try
        {
            if (callers >= Threads || !TryRunOnTeam(work))
            {
                work.Attach(null);
                work.Execute(0, 1);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _callers);
        }
    }

    internal bool TryRunOnTeam(IParallelWork work) => _team is not null && _team.TryRun(work);

    /// <summary>
    /// Returns one thread per core, or fewer if the work between two barriers is so small that a barrier costs more than it saves. Two
    /// threads gained a tenth with 1.6 million multiply-adds per token, and lost if another process occupied one of the cores.
    /// </summary>
    private static int WorthwhileThreads(ModelDescription description)
    {
        const long MultiplyAddsPerThread = 4_000_000;
        long worthwhile = Math.Max(1, description.MultiplyAddsPerToken * description.RowsAtOnce / MultiplyAddsPerThread);
        return (int)Math.Min(Environment.ProcessorCount, worthwhile);
    }
}

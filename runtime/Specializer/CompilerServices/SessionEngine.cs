using System;
using System.ComponentModel;
using System.Threading;

namespace Specializer.CompilerServices;

/// <summary>
/// The base of all sessions: memory of a size known at compile time, one caller at a time, and the workers of the model. For
/// generated code, which adds the members that the architecture can honour.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract unsafe partial class SessionEngine : ISession, IParallelWork
{
    private readonly TransformerModel _model;
    private readonly AlignedBuffer _memory;
    private Rendezvous? _rendezvous;
    private int _busy;
    private bool _disposed;
    private bool _holdsWeights;
    private bool _holdsMemory;

    /// <summary>Allocates the session's memory.</summary>
    /// <param name="model">The model that owns the weights.</param>
    /// <param name="memoryBytes">The bytes of states, caches and activations.</param>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InsufficientMemoryException">The system does not grant that much memory.</exception>
    protected SessionEngine(TransformerModel model, long memoryBytes)
        : this(model, memoryBytes, sequences: 1) { }

    private protected SessionEngine(TransformerModel model, long memoryBytes, int sequences)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.ThrowIfDisposed();
        _model = model;
        _memory = AlignedBuffer.Allocate(memoryBytes, MemoryRequest.Session(model.Description, sequences));
        SessionBytes = memoryBytes;
        MemoryGuard.Current?.Protect(this, _memory);
    }

    /// <inheritdoc/>
    public int ContextLength => _model.Description.ContextLength;

    /// <inheritdoc/>
    public long SessionBytes { get; private protected set; }

    /// <inheritdoc/>
    public HiddenStateObserver? HiddenStates { get; set; }

    /// <summary>Gets the packed weights during a call.</summary>
    [CLSCompliant(false)]
    protected float* Weights { get; private set; }

    /// <summary>Gets the session's memory during a call: caches, states and activations.</summary>
    [CLSCompliant(false)]
    protected float* Memory { get; private set; }

    private protected ModelDescription Description => _model.Description;

    private protected TransformerModel Model => _model;

    /// <summary>Releases the session's memory.</summary>
    /// <exception cref="InvalidOperationException">A call on this session is running.</exception>
    public void Dispose()
    {
        if (Volatile.Read(ref _disposed))
        {
            return;
        }

        Enter();
        _disposed = true;
        Leave();
        _memory.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Computes the current work; every worker runs the same body.</summary>
    /// <remarks>Every worker calls <see cref="Synchronize"/> equally often. An exception ends the run and is thrown in its caller.</remarks>
    /// <param name="worker">The number of this worker, from 0; 0 is the calling thread.</param>
    /// <param name="workers">The number of workers that compute together.</param>
    protected abstract void Forward(int worker, int workers);

    /// <summary>
    /// A barrier: returns once every worker of the run has called it as often as this one. Every worker then sees what any
    /// worker wrote before it. Does nothing when one worker runs alone.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another worker returned from <see cref="Forward"/> after fewer barriers.</exception>
    protected void Synchronize() => _rendezvous?.Synchronize();

    void IParallelWork.Execute(int worker, int workers) => Forward(worker, workers);

    void IParallelWork.Attach(Rendezvous? rendezvous)
    {
        // Unchanged from run to run of one session: an idle write would take the line away from the other workers.
        if (_rendezvous != rendezvous)
        {
            _rendezvous = rendezvous;
        }
    }

    /// <summary>Invokes an observer with the hidden states of some rows.</summary>
    private protected void Observe(
        HiddenStateObserver? observer,
        int layer,
        int firstPosition,
        int rows,
        float* hiddenStates,
        int rowStride
    )
    {
        for (int row = 0; observer is not null && row < rows; row++)
        {
            observer(layer, firstPosition + row, new ReadOnlySpan<float>(hiddenStates + ((nint)row * rowStride), Description.DModel));
        }
    }

    /// <summary>Begins a call; <see cref="Leave"/> ends it.</summary>
    private protected void Enter()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            throw new InvalidOperationException(
                "Another call on this session is running. A session is used by one caller at a time; create one session per sequence."
            );
        }

        if (_disposed)
        {
            Leave();
            throw new ObjectDisposedException(GetType().FullName);
        }
    }

    private protected void Leave() => Volatile.Write(ref _busy, 0);

    private protected void ThrowIfModelIsDisposed() => _model.ThrowIfDisposed();

    /// <summary>Keeps the weights and the memory from being released until <see cref="Release"/>, which is called whether this throws or not.</summary>
    private protected void Hold()
    {
        _model.Weights.DangerousAddRef(ref _holdsWeights);
        _memory.DangerousAddRef(ref _holdsMemory);
        Weights = _model.Weights.Address;
        Memory = _memory.Address;
    }

    private protected void Release()
    {
        if (_holdsMemory)
        {
            _memory.DangerousRelease();
            _holdsMemory = false;
        }

        if (_holdsWeights)
        {
            _model.Weights.DangerousRelease();
            _holdsWeights = false;
        }
    }

    /// <summary>Runs <see cref="Forward"/> on the model's threads, or on this one if they are busy.</summary>
    private protected void Compute() => _model.Run(this);

    /// <summary>Checks that every token is in the vocabulary.</summary>
    private protected void CheckVocabulary(ReadOnlySpan<int> tokens, string parameter)
    {
        ModelDescription model = Description;
        for (int i = 0; i < tokens.Length; i++)
        {
            if ((uint)tokens[i] >= (uint)model.VocabularySize)
            {
                throw new ArgumentOutOfRangeException(
                    parameter,
                    tokens[i],
                    $"Token {i} is {tokens[i]}; {model.Name} has a vocabulary of {model.VocabularySize}, so token ids are 0 to {model.VocabularySize - 1}."
                );
            }
        }
    }
}

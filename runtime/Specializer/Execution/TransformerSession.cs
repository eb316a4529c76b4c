using System;
using System.Threading;

namespace Specializer;

/// <summary>
/// The base of all sessions: memory of a size known at compile time, one caller at a time, and the workers of the model.
/// </summary>
public abstract unsafe class TransformerSession : ParallelWork, IDisposable
{
    private readonly TransformerModel _model;
    private readonly AlignedBuffer _memory;
    private int _busy;
    private bool _disposed;
    private bool _holdsWeights;
    private bool _holdsMemory;

    private protected TransformerSession(TransformerModel model, long memoryBytes, int sequences = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.ThrowIfDisposed();
        _model = model;
        _memory = AlignedBuffer.Allocate(memoryBytes, MemoryRequest.Session(model.Description, sequences));
        MemoryGuard.Current?.Protect(this, _memory);
    }

    /// <summary>The largest number of positions.</summary>
    public int ContextLength => _model.Description.ContextLength;

    /// <summary>Is told every hidden state as it is computed, if set. For probing and for tests; it costs nothing while unset.</summary>
    /// <remarks>
    /// It gets the states of a position again whenever that position is computed again: after a truncation, after a failed call,
    /// and where a decoder with LongRoPE recomputes its cache because its sequence grew past the original length.
    /// </remarks>
    public HiddenStateObserver? HiddenStates { get; set; }

    /// <summary>The packed weights during a call.</summary>
    [CLSCompliant(false)]
    protected float* Weights { get; private set; }

    /// <summary>The session's memory during a call: what is kept of the sequence, and the activations.</summary>
    [CLSCompliant(false)]
    protected float* Memory { get; private set; }

    private protected ModelDescription Description => _model.Description;

    /// <summary>The number of tokens that the model knows.</summary>
    internal int TokenCount => _model.Description.VocabularySize;

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

    /// <summary>Computes the work at hand; the same body on every worker. Implemented by generated code.</summary>
    /// <param name="worker">This worker, from 0.</param>
    /// <param name="workers">How many compute together.</param>
    protected abstract void Forward(int worker, int workers);

    /// <inheritdoc/>
    protected internal sealed override void Execute(int worker, int workers) => Forward(worker, workers);

    /// <summary>Tells the observer, if there is one, the hidden states of some rows. Called by one worker.</summary>
    private protected void Observe(int layer, int firstPosition, int rows, float* hiddenStates, int rowStride)
    {
        if (HiddenStates is { } observer)
        {
            for (int row = 0; row < rows; row++)
            {
                observer(layer, firstPosition + row, new ReadOnlySpan<float>(hiddenStates + ((nint)row * rowStride), Description.DModel));
            }
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

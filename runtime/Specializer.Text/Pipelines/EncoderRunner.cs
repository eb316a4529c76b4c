using System;
using System.Collections.Generic;
using System.Threading;

namespace Specializer.Text.Pipelines;

/// <summary>Receives the output of one input: a row, or a row for each token.</summary>
internal delegate void RowsReceiver(int input, ReadOnlySpan<float> rows);

/// <summary>
/// Runs an encoder on many inputs: sorted by length, in batches, and reported in the order of the inputs. It may be used by
/// several threads at once; each call has its own session.
/// </summary>
internal sealed class EncoderRunner : IDisposable
{
    private const int MaximumSequences = 32;
    private const int MaximumTokens = 8192;
    private const int MaximumFloats = 1 << 20;

    private readonly IEncoderModel<TokenInput> _model;
    private readonly Stack<IEncoderSession<TokenInput>> _idle = new();
    private readonly bool _hasTypes;
    private bool _disposed;

    /// <param name="model">The model.</param>
    /// <param name="tokenizer">The tokenizer, whose vocabulary is checked.</param>
    /// <param name="pipeline">The name of the pipeline, for messages.</param>
    /// <param name="output">The output that the pipeline needs, for messages.</param>
    /// <param name="perToken">Whether the pipeline needs a row for each token instead of one for the input.</param>
    /// <param name="usesTypes">Whether the tokenizer's type ids are an input of the model.</param>
    public EncoderRunner(TransformerModel model, Tokenizer tokenizer, string pipeline, string output, bool perToken, bool usesTypes)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (model is not IEncoderModel<TokenInput> encoder)
        {
            throw new NotSupportedException(
                $"{model.Description.Name} is not an encoder of tokens; a {pipeline} needs an encoder with {output}."
            );
        }

        Description = model.Description;
        if (Description.OutputPerToken != perToken)
        {
            string found = Description.OutputPerToken ? "a row for each token" : "one row for the text";
            throw new NotSupportedException(
                $"{Description.Name} returns {found}; a {pipeline} needs {output}. Declare the model from the config.json of its folder, or with [Pooling]."
            );
        }

        tokenizer.CheckVocabulary(Description.VocabularySize, Description.Name);
        _model = encoder;
        _hasTypes = usesTypes && Description.TokenTypes > 1;
    }

    public ModelDescription Description { get; }

    /// <summary>The width of a row of output.</summary>
    public int Width => Description.OutputWidth;

    /// <summary>
    /// Returns how many of the first tokens attend to all others, in models with global tokens (Longformer); null for none.
    /// </summary>
    public Func<TokenSequence, int>? GlobalTokens { get; init; }

    /// <summary>Checks the number of labels of a head.</summary>
    public void CheckLabels(int labels, string pipeline)
    {
        if (labels != Width)
        {
            throw new ArgumentException(
                $"There are {labels} labels, but {Description.Name} returns {Width} numbers; a {pipeline} needs a label for each of them."
            );
        }
    }

    /// <summary>
    /// Returns whether the output is a pooled state. Every kind of pooling of a single token gives the token's own state, divided by
    /// its length or not.
    /// </summary>
    public bool ReturnsPooledStates()
    {
        if (Width != Description.DModel)
        {
            return false;
        }

        var output = new float[Width];
        var state = new float[Width];
        IEncoderSession<TokenInput> session = Rent();
        try
        {
            session.Encode(new TokenInput([0]), output, state);
        }
        finally
        {
            Return(session);
        }

        bool IsState(ReadOnlySpan<float> expected)
        {
            for (int i = 0; i < output.Length; i++)
            {
                if (!(Math.Abs(output[i] - expected[i]) <= 1e-4f + (1e-4f * Math.Abs(expected[i]))))
                {
                    return false;
                }
            }

            return true;
        }

        bool isPlain = IsState(state);
        VectorSearch.Normalize(state);
        return isPlain || IsState(state);
    }

    /// <summary>Runs the encoder.</summary>
    /// <param name="inputs">The inputs, without padding.</param>
    /// <param name="receive">Receives the output of every input, in the order of decreasing length.</param>
    /// <param name="progress">Is reported to after each batch, or null.</param>
    /// <param name="cancellationToken">Checked before each sequence.</param>
    public void Run(
        IReadOnlyList<TokenSequence> inputs,
        RowsReceiver receive,
        IProgress<PipelineProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        int[] order = Order(inputs);
        IEncoderSession<TokenInput> session = Rent();
        try
        {
            for (int start = 0; start < order.Length; )
            {
                ReadOnlySpan<int> batch = order.AsSpan(start, Count(inputs, order, start));
                RunBatch(session, inputs, batch, receive, cancellationToken);
                start += batch.Length;
                progress?.Report(new PipelineProgress(start, order.Length));
            }
        }
        finally
        {
            Return(session);
        }
    }

    public void Dispose()
    {
        lock (_idle)
        {
            _disposed = true;
            while (_idle.TryPop(out IEncoderSession<TokenInput>? session))
            {
                session.Dispose();
            }
        }
    }

    private int[] Order(IReadOnlyList<TokenSequence> inputs)
    {
        int[] order = new int[inputs.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
            int count = inputs[i].Count;
            if (count == 0 || count > Description.ContextLength)
            {
                throw new ArgumentException(
                    count == 0
                        ? $"Input {i} has no tokens; expected a text that is not empty."
                        : $"Input {i} has {count} tokens; {Description.Name} has positions for {Description.ContextLength}. Shorten the text, or allow truncation."
                );
            }
        }

        Array.Sort(order, (a, b) => inputs[a].Count != inputs[b].Count ? inputs[b].Count.CompareTo(inputs[a].Count) : a.CompareTo(b));
        return order;
    }

    private int Count(IReadOnlyList<TokenSequence> inputs, int[] order, int start)
    {
        int longest = inputs[order[start]].Count;
        long floats = (long)Width * (Description.OutputPerToken ? longest : 1);
        long most = Math.Min(MaximumSequences, Math.Min(MaximumTokens / longest, MaximumFloats / floats));
        return (int)Math.Clamp(most, 1, order.Length - start);
    }

    private void RunBatch(
        IEncoderSession<TokenInput> session,
        IReadOnlyList<TokenSequence> inputs,
        ReadOnlySpan<int> batch,
        RowsReceiver receive,
        CancellationToken cancellationToken
    )
    {
        int longest = inputs[batch[0]].Count;
        var tokens = new int[batch.Length * longest];
        var lengths = new int[batch.Length];
        int[] types = _hasTypes ? new int[tokens.Length] : [];
        int[] globals = Description.GlobalTokens && GlobalTokens is not null ? new int[tokens.Length] : [];
        for (int i = 0; i < batch.Length; i++)
        {
            TokenSequence input = inputs[batch[i]];
            lengths[i] = input.Count;
            input.Ids.CopyTo(tokens.AsSpan(i * longest));
            if (_hasTypes)
            {
                input.TypeIds.CopyTo(types.AsSpan(i * longest));
            }

            if (globals.Length > 0)
            {
                globals.AsSpan(i * longest, Math.Min(GlobalTokens!(input), input.Count)).Fill(1);
            }
        }

        int rows = Description.OutputPerToken ? longest : 1;
        var output = new float[batch.Length * rows * Width];
        session.Encode(
            new TokenInput(tokens)
            {
                Lengths = lengths,
                TokenTypes = types,
                GlobalTokens = globals,
            },
            output,
            cancellationToken: cancellationToken
        );
        for (int i = 0; i < batch.Length; i++)
        {
            receive(batch[i], output.AsSpan(i * rows * Width, (Description.OutputPerToken ? lengths[i] : 1) * Width));
        }
    }

    private IEncoderSession<TokenInput> Rent()
    {
        lock (_idle)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_idle.TryPop(out IEncoderSession<TokenInput>? session))
            {
                return session;
            }
        }

        return _model.CreateSession();
    }

    private void Return(IEncoderSession<TokenInput> session)
    {
        lock (_idle)
        {
            // One idle session serves the usual use; more would keep memory for callers that are gone.
            if (!_disposed && _idle.Count == 0)
            {
                _idle.Push(session);
                return;
            }
        }

        session.Dispose();
    }
}

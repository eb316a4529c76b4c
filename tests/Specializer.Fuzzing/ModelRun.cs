using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Oracle;

namespace Specializer.Fuzzing;

/// <summary>One input of one stack: what the oracle gives for it, and what a generated model gives, at once and in pieces.</summary>
internal abstract class ModelRun(TransformerArchitecture architecture, int seed)
{
    protected TransformerArchitecture Architecture { get; } = architecture;

    protected Random Random { get; } = new(seed);

    /// <summary>The rows that the model has rounded to integers in <see cref="Whole"/>; null if its weights are floats.</summary>
    public IReadOnlyList<float[]>? Rounded { get; set; }

    public abstract OracleRun Expect(CheckpointTensors tensors);

    public abstract (float[] Output, float[][] States) Whole(Func<int, TransformerModel> load);

    /// <summary>
    /// More threads and other pieces give the same bits, or an exception. Invalid or too long input is rejected and changes
    /// nothing.
    /// </summary>
    public abstract void InPieces(Func<int, TransformerModel> load, float[] whole);

    protected int[] Draw(int count, int below) => [.. Enumerable.Range(0, count).Select(_ => Random.Next(below))];

    protected float[] DrawSignal(int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * Random.NextSingle()) - 1)];

    protected static float[][] NewStates(int layers, int floats) => [.. Enumerable.Range(0, layers + 1).Select(_ => new float[floats])];
}

/// <summary>A decoder over its whole context.</summary>
internal sealed class DecoderRun : ModelRun
{
    /// <summary>The number of steps of a batch: enough for sessions to reach their context lengths one by one.</summary>
    private const int BatchSteps = 6;

    private readonly int[] _tokens;
    private readonly int _prefix;
    private readonly int _sequences;

    public DecoderRun(TransformerArchitecture architecture, int seed, int prefix, int sequences)
        : base(architecture, seed)
    {
        _tokens = Draw(architecture.ContextLength, architecture.Embeddings.VocabularySize);
        _prefix = Math.Min(prefix, architecture.ContextLength);
        _sequences = sequences;
    }

    /// <summary>The first position whose logits are computed: of a prefix, only those of the last one are.</summary>
    private int First => Math.Max(_prefix - 1, 0);

    /// <summary>The number of positions with the factors of short sequences, if the whole sequence has others; otherwise 0.</summary>
    private int Short =>
        Architecture.OriginalContextLength is var original && original < _tokens.Length && original >= Math.Max(_prefix, 1) ? original : 0;

    private int Vocabulary => Architecture.Embeddings.VocabularySize;

    public override OracleRun Expect(CheckpointTensors tensors)
    {
        ArchitectureOracle oracle = new(Architecture, OracleWeights.Read(tensors, Rounded));
        OracleRun run = oracle.Run(_tokens, new OracleInput(Prefix: _prefix));
        double[][] logits = run.Logits[First..];
        if (Short > 0)
        {
            double[][] beginning = oracle.Run(_tokens[..Short], new OracleInput(Prefix: _prefix)).Logits[First..];

            // The call that computes the logits after a prefix ends with the prefix.
            logits = _prefix > 0 ? [beginning[0], .. logits[1..], .. beginning] : [.. logits, .. beginning];
        }

        return new OracleRun(logits, run.HiddenStates, run.LastHidden);
    }

    public override (float[] Output, float[][] States) Whole(Func<int, TransformerModel> load)
    {
        using var model = (IDecoderModel)load(1);
        using IDecoderSession session = model.CreateSession();
        int width = Architecture.Width;
        float[][] states = NewStates(Architecture.Layers, _tokens.Length * width);
        session.HiddenStates = (layer, position, state) => state.CopyTo(states[layer].AsSpan(position * width));
        float[] logits = Prefill(session, _tokens.Length);
        session.HiddenStates = null;
        session.Reset();
        return ([.. logits, .. Short > 0 ? Prefill(session, Short) : []], states);
    }

    /// <summary>The logits of the first tokens, in one call or, after a prefix, in two.</summary>
    private float[] Prefill(IDecoderSession session, int length)
    {
        float[] logits = new float[(length - First) * Vocabulary];
        int start = PrefillPrefix(session, logits);
        if (start < length)
        {
            session.Prefill(_tokens.AsSpan(start, length - start), logits.AsSpan((start - First) * Vocabulary));
        }

        return logits;
    }

    /// <summary>The logits of some positions, from a call that ends at a length.</summary>
    private ReadOnlySpan<float> Of(float[] whole, int position, int count, int length)
    {
        int first = (position - First) + (length <= Short ? _tokens.Length - First : 0);
        return whole.AsSpan(first * Vocabulary, count * Vocabulary);
    }

    public override void InPieces(Func<int, TransformerModel> load, float[] whole)
    {
        using var model = (IDecoderModel)load(2);
        using IDecoderSession session = model.CreateSession();
        Comparison.AssertRefused("an empty prompt", () => session.Prefill([]));
        Comparison.AssertRefused("a prompt longer than the context", () => session.Prefill(new int[_tokens.Length + 1]));
        for (int start = PrefillPrefix(session, []); start < _tokens.Length; )
        {
            int count = Math.Min(1 + Random.Next(Random.Next(2) == 0 ? 4 : 60), _tokens.Length - start);
            float[] all = Random.Next(2) == 0 ? new float[count * Vocabulary] : [];
            ReadOnlySpan<float> last =
                all.Length > 0 ? session.Prefill(_tokens.AsSpan(start, count), all) : session.Prefill(_tokens.AsSpan(start, count));
            Comparison.AssertSame(Of(whole, start, all.Length / Vocabulary, start + count), all, "in random calls on two threads", start);
            start += count;
            Comparison.AssertSame(Of(whole, start - 1, 1, start), last, "in random calls on two threads", start - 1);
        }

        Comparison.AssertRefused("a token more than the context", () => session.Decode(0));
        AssertGreedy(session, whole);
        InBatches(model, whole);
        new StepRun(_tokens, Random, _sequences).AssertSame(
            model,
            (session, logits) => PrefillPrefix(session, logits),
            (position, logits) => Comparison.AssertSame(Of(whole, position, 1, position + 1), logits, "in slices beside others", position)
        );

        using var alone = (IDecoderModel)load(1);
        using IDecoderSession single = alone.CreateSession();
        for (int position = PrefillPrefix(single, []); position < _tokens.Length; position++)
        {
            Comparison.AssertSame(Of(whole, position, 1, position + 1), single.Decode(_tokens[position]), "token by token", position);
        }
    }

    /// <summary>The most probable tokens after a part and after all, the last token by itself.</summary>
    private void AssertGreedy(IDecoderSession session, float[] whole)
    {
        session.Reset();
        int start = PrefillPrefix(session, []),
            last = _tokens.Length - 1;
        if (start < last)
        {
            Comparison.AssertMostProbable(
                Of(whole, last - 1, 1, last),
                session.PrefillGreedy(_tokens.AsSpan(start, last - start)),
                last - 1
            );
        }

        if (start <= last)
        {
            Comparison.AssertMostProbable(Of(whole, last, 1, last + 1), session.DecodeGreedy(_tokens[last]), last);
        }
    }

    /// <summary>Sessions at different positions, some of which leave before the others, a token of each in one step.</summary>
    private void InBatches(IDecoderModel model, float[] whole)
    {
        int count = Math.Min(_sequences, model.Description.ChunkLength);
        if (count == 1)
        {
            return;
        }

        IDecoderSession[] sessions = [.. Enumerable.Range(0, count).Select(_ => model.CreateSession())];
        try
        {
            foreach (IDecoderSession session in sessions)
            {
                int start = PrefillPrefix(session, []),
                    position = start + Random.Next(_tokens.Length - start + 1);
                if (position > start)
                {
                    session.Prefill(_tokens.AsSpan(start, position - start));
                }
            }

            DecoderBatch batch = model.CreateBatch(count);
            for (int step = 0; step < BatchSteps; step++)
            {
                IDecoderSession[] members = [.. sessions.Where(session => session.Position < _tokens.Length && Random.Next(6) > 0)];
                Random.Shuffle(members);
                if (members.Length == 0)
                {
                    continue;
                }

                batch.Decode(members, [.. members.Select(session => _tokens[session.Position])]);
                for (int i = 0; i < members.Length; i++)
                {
                    int position = members[i].Position - 1;
                    Comparison.AssertSame(Of(whole, position, 1, position + 1), batch.LogitsOf(i), "in a batch of sessions", position);
                }
            }
        }
        finally
        {
            Array.ForEach(sessions, static session => session.Dispose());
        }
    }

    /// <summary>Processes the prefix, if there is one, and writes the logits after it if they are requested.</summary>
    /// <returns>The position of the next token.</returns>
    private int PrefillPrefix(IDecoderSession session, float[] logits)
    {
        if (session is not IPrefixSession<TokenInput> prefixed || _prefix == 0)
        {
            return 0;
        }

        ReadOnlySpan<float> last = prefixed.PrefillPrefix(_tokens.AsSpan(0, _prefix));
        if (logits.Length > 0)
        {
            last.CopyTo(logits);
        }

        return _prefix;
    }
}

/// <summary>An encoder over its whole context and over one token, and over a shorter sequence in a batch.</summary>
internal sealed class EncoderRun : ModelRun
{
    /// <summary>The most tokens of a short sequence, so that several have their keys and values in a small context.</summary>
    private const int ShortInput = 24;

    private readonly int[] _tokens;
    private readonly int[] _types;
    private readonly int[] _globals;

    public EncoderRun(TransformerArchitecture architecture, int seed)
        : base(architecture, seed)
    {
        int length = architecture.ContextLength;
        _tokens = Draw(length, architecture.Embeddings.VocabularySize);
        _types = architecture.Embeddings.TokenTypes == 0 ? [] : Draw(length, architecture.Embeddings.TokenTypes);
        _globals = architecture.GlobalTokens ? [.. Draw(length, 6).Select(static draw => draw == 0 ? 1 : 0)] : [];
    }

    public override OracleRun Expect(CheckpointTensors tensors)
    {
        ArchitectureOracle oracle = new(Architecture, OracleWeights.Read(tensors, Rounded));
        OracleRun Run(int length) =>
            oracle.Run(
                _tokens[..length],
                new OracleInput(
                    _types.Length == 0 ? null : _types[..length],
                    _globals.Length == 0 ? null : [.. _globals.Take(length).Select(static mark => mark != 0)]
                )
            );
        OracleRun all = Run(_tokens.Length);
        return new OracleRun([.. all.Logits, .. Run(1).Logits], all.HiddenStates, all.LastHidden);
    }

    public override (float[] Output, float[][] States) Whole(Func<int, TransformerModel> load)
    {
        using var model = (IEncoderModel<TokenInput>)load(1);
        using IEncoderSession<TokenInput> session = model.CreateSession();
        int width = Architecture.Width;
        float[][] states = NewStates(Architecture.Layers, _tokens.Length * width);
        session.HiddenStates = (layer, position, state) => state.CopyTo(states[layer].AsSpan(position * width));
        float[] output = Encode(model, session, _tokens.Length);
        session.HiddenStates = null;
        return ([.. output, .. Encode(model, session, 1)], states);
    }

    public override void InPieces(Func<int, TransformerModel> load, float[] whole)
    {
        using var model = (IEncoderModel<TokenInput>)load(2);
        using IEncoderSession<TokenInput> session = model.CreateSession();
        Comparison.AssertRefused("no token", () => session.Encode(new TokenInput([]), new float[model.Description.OutputWidth]));
        Comparison.AssertRefused(
            "a token more than the context",
            () =>
                session.Encode(
                    new TokenInput(new int[_tokens.Length + 1]),
                    new float[model.Description.OutputWidth * (model.Description.OutputPerToken ? _tokens.Length + 1 : 1)]
                )
        );
        int shorter = 1 + Random.Next(_tokens.Length),
            longest = _tokens.Length;
        float[] alone = Encode(model, session, shorter);
        int perSequence = model.Description.OutputWidth * (model.Description.OutputPerToken ? longest : 1);
        float[] both = new float[2 * perSequence];
        session.Encode(
            new TokenInput([.. _tokens, .. _tokens[..shorter], .. new int[longest - shorter].Select(static _ => -1)])
            {
                TokenTypes = [.. _types, .. _types],
                GlobalTokens = [.. _globals, .. _globals],
                Lengths = [longest, shorter],
            },
            both
        );
        Comparison.AssertSame(whole.AsSpan(0, perSequence), both.AsSpan(0, perSequence), "in a batch on two threads", 0);
        Comparison.AssertSame(alone, both.AsSpan(perSequence, alone.Length), "in a batch behind a longer sequence", 0);
        CheckShortInputs(model, session);
    }

    /// <summary>Several short sequences in one call, whose rows an encoder processes together, against each by itself.</summary>
    private void CheckShortInputs(IEncoderModel<TokenInput> model, IEncoderSession<TokenInput> session)
    {
        const int Inputs = 7;
        int[] lengths = [.. Enumerable.Range(0, Inputs).Select(_ => 1 + Random.Next(Math.Min(ShortInput, _tokens.Length)))];
        int longest = lengths.Max(),
            stateFloats = longest * model.Description.DModel,
            outputFloats = model.Description.OutputWidth * (model.Description.OutputPerToken ? longest : 1);
        int[] firsts = [.. lengths.Select(length => Random.Next(_tokens.Length - length + 1))];
        float[] outputs = new float[Inputs * outputFloats],
            states = new float[Inputs * stateFloats];
        Array.Fill(outputs, float.NaN);
        Array.Fill(states, float.NaN);
        session.Encode(
            new TokenInput(Padded(_tokens, -1))
            {
                TokenTypes = Padded(_types, -1),
                GlobalTokens = Padded(_globals, 0),
                Lengths = lengths,
            },
            outputs,
            states
        );
        for (int i = 0; i < Inputs; i++)
        {
            float[] state = new float[lengths[i] * model.Description.DModel];
            float[] output = Encode(model, session, lengths[i], firsts[i], state);
            Comparison.AssertSame(output, outputs.AsSpan(i * outputFloats, output.Length), "short input in a batch", i);
            Comparison.AssertSame(state, states.AsSpan(i * stateFloats, state.Length), "states of a short input in a batch", i);
            Comparison.AssertSame(
                new float[stateFloats - state.Length],
                states.AsSpan((i * stateFloats) + state.Length, stateFloats - state.Length),
                "padding after a short input",
                i
            );
        }

        int[] Padded(int[] values, int padding) =>
            values.Length == 0
                ? []
                :
                [
                    .. lengths.SelectMany(
                        (length, i) => values.Skip(firsts[i]).Take(length).Concat(Enumerable.Repeat(padding, longest - length))
                    ),
                ];
    }

    private float[] Encode(
        IEncoderModel<TokenInput> model,
        IEncoderSession<TokenInput> session,
        int length,
        int first = 0,
        float[]? states = null
    )
    {
        float[] output = new float[model.Description.OutputWidth * (model.Description.OutputPerToken ? length : 1)];
        session.Encode(
            new TokenInput(_tokens.AsSpan(first, length))
            {
                TokenTypes = _types.Length == 0 ? [] : _types.AsSpan(first, length),
                GlobalTokens = _globals.Length == 0 ? [] : _globals.AsSpan(first, length),
            },
            output,
            states
        );
        return output;
    }
}

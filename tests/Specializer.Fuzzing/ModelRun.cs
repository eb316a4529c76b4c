using System;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Tests.Oracle;

namespace Specializer.Fuzzing;

/// <summary>One input of one stack: what the oracle gives for it, and what a generated model gives, at once and in pieces.</summary>
internal abstract class ModelRun(TransformerArchitecture architecture, int seed)
{
    protected TransformerArchitecture Architecture { get; } = architecture;

    protected Random Random { get; } = new(seed);

    public abstract OracleRun Expect(CheckpointTensors tensors);

    public abstract (float[] Output, float[][] States) Whole(Func<int, TransformerModel> load);

    /// <summary>On more threads and in other pieces: the same bits, or an exception.</summary>
    public abstract void InPieces(Func<int, TransformerModel> load, float[] whole);

    protected int[] Draw(int count, int below) => [.. Enumerable.Range(0, count).Select(_ => Random.Next(below))];

    protected static float[][] NewStates(int layers, int floats) => [.. Enumerable.Range(0, layers + 1).Select(_ => new float[floats])];
}

/// <summary>A decoder over its whole context.</summary>
internal sealed class DecoderRun : ModelRun
{
    private readonly int[] _tokens;
    private readonly int _prefix;

    public DecoderRun(TransformerArchitecture architecture, int seed, int prefix)
        : base(architecture, seed)
    {
        _tokens = Draw(architecture.ContextLength, architecture.Embeddings.VocabularySize);
        _prefix = Math.Min(prefix, architecture.ContextLength);
    }

    /// <summary>The first position whose logits are told: of a prefix only the last is.</summary>
    private int First => Math.Max(_prefix - 1, 0);

    private int Vocabulary => Architecture.Embeddings.VocabularySize;

    public override OracleRun Expect(CheckpointTensors tensors)
    {
        OracleRun run = new ArchitectureOracle(Architecture, tensors).Run(_tokens, new OracleInput(Prefix: _prefix));
        return new OracleRun(run.Logits[First..], run.HiddenStates, run.LastHidden);
    }

    public override (float[] Output, float[][] States) Whole(Func<int, TransformerModel> load)
    {
        using var model = (DecoderModel)load(1);
        using DecoderSession session = model.CreateSession();
        int width = Architecture.Width;
        float[][] states = NewStates(Architecture.Layers, _tokens.Length * width);
        session.HiddenStates = (layer, position, state) => state.CopyTo(states[layer].AsSpan(position * width));
        float[] logits = new float[(_tokens.Length - First) * Vocabulary];
        int start = PrefillPrefix(session, logits);
        if (start < _tokens.Length)
        {
            session.Prefill(_tokens.AsSpan(start), logits.AsSpan((start - First) * Vocabulary));
        }

        return (logits, states);
    }

    public override void InPieces(Func<int, TransformerModel> load, float[] whole)
    {
        using var model = (DecoderModel)load(2);
        using DecoderSession session = model.CreateSession();
        for (int start = PrefillPrefix(session, []); start < _tokens.Length;)
        {
            int count = Math.Min(1 + Random.Next(Random.Next(2) == 0 ? 4 : 60), _tokens.Length - start);
            float[] all = Random.Next(2) == 0 ? new float[count * Vocabulary] : [];
            ReadOnlySpan<float> last = all.Length > 0 ? session.Prefill(_tokens.AsSpan(start, count), all) : session.Prefill(_tokens.AsSpan(start, count));
            Comparison.AssertSame(whole.AsSpan((start - First) * Vocabulary, all.Length), all, "in random calls on two threads", start);
            start += count;
            Comparison.AssertSame(whole.AsSpan((start - 1 - First) * Vocabulary, Vocabulary), last, "in random calls on two threads", start - 1);
        }

        using var alone = (DecoderModel)load(1);
        using DecoderSession single = alone.CreateSession();
        for (int position = PrefillPrefix(single, []); position < _tokens.Length; position++)
        {
            Comparison.AssertSame(whole.AsSpan((position - First) * Vocabulary, Vocabulary), single.Decode(_tokens[position]), "token by token", position);
        }
    }

    /// <summary>Processes the prefix, if there is one, and tells the logits behind it if they are wanted.</summary>
    /// <returns>Where what follows begins.</returns>
    private int PrefillPrefix(DecoderSession session, float[] logits)
    {
        if (session is not PrefixDecoderSession prefixed || _prefix == 0)
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

/// <summary>An encoder over its whole context, and over a shorter sequence in a batch.</summary>
internal sealed class EncoderRun : ModelRun
{
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

    public override OracleRun Expect(CheckpointTensors tensors) => new ArchitectureOracle(Architecture, tensors).Run(
        _tokens, new OracleInput(_types.Length == 0 ? null : _types, _globals.Length == 0 ? null : [.. _globals.Select(static mark => mark != 0)]));

    public override (float[] Output, float[][] States) Whole(Func<int, TransformerModel> load)
    {
        using var model = (EncoderModel)load(1);
        using EncoderSession session = model.CreateSession();
        int width = Architecture.Width;
        float[][] states = NewStates(Architecture.Layers, _tokens.Length * width);
        session.HiddenStates = (layer, position, state) => state.CopyTo(states[layer].AsSpan(position * width));
        return (Encode(model, session, _tokens.Length), states);
    }

    public override void InPieces(Func<int, TransformerModel> load, float[] whole)
    {
        using var model = (EncoderModel)load(2);
        using EncoderSession session = model.CreateSession();
        int shorter = 1 + Random.Next(_tokens.Length), longest = _tokens.Length;
        float[] alone = Encode(model, session, shorter);
        int perSequence = model.Encoder.OutputWidth * (model.Encoder.OutputPerToken ? longest : 1);
        float[] both = new float[2 * perSequence];
        session.Encode(
            new EncoderInput([.. _tokens, .. _tokens[..shorter], .. new int[longest - shorter].Select(static _ => -1)])
            {
                TokenTypes = [.. _types, .. _types],
                GlobalTokens = [.. _globals, .. _globals],
                Lengths = [longest, shorter],
            },
            both);
        Comparison.AssertSame(whole, both.AsSpan(0, perSequence), "in a batch on two threads", 0);
        Comparison.AssertSame(alone, both.AsSpan(perSequence, alone.Length), "in a batch behind a longer sequence", 0);
    }

    private float[] Encode(EncoderModel model, EncoderSession session, int length)
    {
        float[] output = new float[model.Encoder.OutputWidth * (model.Encoder.OutputPerToken ? length : 1)];
        session.Encode(
            new EncoderInput(_tokens.AsSpan(0, length)) { TokenTypes = _types.Length == 0 ? [] : _types.AsSpan(0, length), GlobalTokens = _globals.Length == 0 ? [] : _globals.AsSpan(0, length) },
            output);
        return output;
    }
}

/// <summary>An encoder-decoder over the longest source and its whole context.</summary>
internal sealed class EncoderDecoderRun : ModelRun
{
    private readonly int[] _source;
    private readonly int[] _tokens;

    public EncoderDecoderRun(TransformerArchitecture architecture, int seed)
        : base(architecture, seed)
    {
        _source = Draw(architecture.Encoder!.ContextLength, architecture.Encoder.Embeddings.VocabularySize);
        _tokens = Draw(architecture.ContextLength, architecture.Embeddings.VocabularySize);
    }

    public override OracleRun Expect(CheckpointTensors tensors)
    {
        OracleRun source = new ArchitectureOracle(Architecture.Encoder!, tensors).Run(_source);
        OracleRun decoded = new ArchitectureOracle(Architecture, tensors).Run(_tokens, new OracleInput(Source: source.LastHidden));

        // The encoder's states first, then its output, then the decoder's.
        return new OracleRun(decoded.Logits, [.. source.HiddenStates, source.LastHidden, .. decoded.HiddenStates], decoded.LastHidden);
    }

    public override (float[] Output, float[][] States) Whole(Func<int, TransformerModel> load)
    {
        using var model = (EncoderDecoderModel)load(1);
        using EncoderDecoderSession session = model.CreateSession();
        int width = Architecture.Width;
        float[][] source = NewStates(Architecture.Encoder!.Layers, _source.Length * width), states = NewStates(Architecture.Layers, _tokens.Length * width);
        session.SourceHiddenStates = (layer, position, state) => state.CopyTo(source[layer].AsSpan(position * width));
        session.HiddenStates = (layer, position, state) => state.CopyTo(states[layer].AsSpan(position * width));
        session.Encode(_source);
        float[] encoded = new float[_source.Length * width], logits = new float[_tokens.Length * Architecture.Embeddings.VocabularySize];
        session.CopyEncoderOutput(encoded);
        session.Prefill(_tokens, logits);
        return (logits, [.. source, encoded, .. states]);
    }

    public override void InPieces(Func<int, TransformerModel> load, float[] whole)
    {
        using var model = (EncoderDecoderModel)load(2);
        int vocabulary = Architecture.Embeddings.VocabularySize;
        using EncoderDecoderSession session = model.CreateSession(Math.Min(3, model.Description.ChunkLength));
        session.Encode(_source.AsSpan(0, 1));
        session.Encode(_source);
        int cut = Random.Next(_tokens.Length);
        if (cut > 0)
        {
            session.Prefill(_tokens.AsSpan(0, cut));
            session.Branch([.. new int[session.Sequences]]);
        }

        for (int position = cut; position < _tokens.Length; position++)
        {
            int token = _tokens[position];
            if (cut == 0)
            {
                Comparison.AssertSame(whole.AsSpan(position * vocabulary, vocabulary), session.Decode(token), "token by token", position);
                continue;
            }

            // Others go their own ways beside the one.
            session.DecodeEach([token, .. Draw(session.Sequences - 1, vocabulary)]);
            Comparison.AssertSame(whole.AsSpan(position * vocabulary, vocabulary), session.LogitsOf(0), "beside other sequences", position);
        }
    }
}

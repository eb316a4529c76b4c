using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Oracle;

namespace Specializer.Fuzzing;

/// <summary>An encoder-decoder over the longest source and its whole context, and over one token and the shortest source.</summary>
internal sealed class EncoderDecoderRun : ModelRun
{
    private readonly int[] _source = [];
    private readonly float[] _sound = [];
    private readonly int[] _tokens;
    private readonly int _sequences;

    public EncoderDecoderRun(TransformerArchitecture architecture, int seed, int sequences)
        : base(architecture, seed)
    {
        TransformerArchitecture encoder = architecture.Encoder!;
        if (encoder.Embeddings.Speech is { } sound)
        {
            // The last position may be one frame instead of two.
            _sound = DrawSignal(sound.MelBands * ((SpeechArchitecture.FramesPerPosition * encoder.ContextLength) - Random.Next(2)));
        }
        else
        {
            _source = Draw(encoder.ContextLength, encoder.Embeddings.VocabularySize);
        }

        _tokens = Draw(architecture.ContextLength, architecture.Embeddings.VocabularySize);
        _sequences = sequences;
    }

    private int Vocabulary => Architecture.Embeddings.VocabularySize;

    private int SourceLength => Architecture.Encoder!.ContextLength;

    private SpeechArchitecture? Speech => Architecture.Encoder!.Embeddings.Speech;

    /// <summary>The first frame of the sound.</summary>
    private float[] FirstFrame =>
        [.. Enumerable.Range(0, Speech!.MelBands).Select(band => _sound[band * (_sound.Length / Speech.MelBands)])];

    public override OracleRun Expect(CheckpointTensors tensors)
    {
        OracleWeights weights = OracleWeights.Read(tensors, Rounded);
        ArchitectureOracle encoder = new(Architecture.Encoder!, weights);
        OracleRun source = Speech is null ? encoder.Run(_source) : encoder.Run([], new OracleInput(Signal: _sound));
        OracleRun decoded = new ArchitectureOracle(Architecture, weights).Run(_tokens, new OracleInput(Source: source.LastHidden));

        OracleRun shortest = Speech is null ? encoder.Run(_source[..1]) : encoder.Run([], new OracleInput(Signal: FirstFrame));
        OracleRun one = new ArchitectureOracle(Architecture, weights).Run(_tokens[..1], new OracleInput(Source: shortest.LastHidden));

        // The encoder's states first, then its output, then the decoder's.
        return new OracleRun(
            [.. decoded.Logits, .. one.Logits],
            [.. source.HiddenStates, source.LastHidden, .. decoded.HiddenStates],
            decoded.LastHidden
        );
    }

    public override (float[] Output, float[][] States) Whole(Func<int, TransformerModel> load)
    {
        using TransformerModel model = load(1);
        using ISequenceToSequenceSession session = CreateSession(model, 1);
        int width = Architecture.Width;
        float[][] source = NewStates(Architecture.Encoder!.Layers, SourceLength * width),
            states = NewStates(Architecture.Layers, _tokens.Length * width);
        session.SourceHiddenStates = (layer, position, state) => state.CopyTo(source[layer].AsSpan(position * width));
        session.HiddenStates = (layer, position, state) => state.CopyTo(states[layer].AsSpan(position * width));
        Encode(session);
        float[] encoded = new float[SourceLength * width],
            logits = new float[_tokens.Length * Vocabulary];
        session.CopyEncoderOutput(encoded);
        session.Prefill(_tokens, logits);
        session.SourceHiddenStates = session.HiddenStates = null;
        EncodeShortest(session);
        return ([.. logits, .. session.Prefill(_tokens.AsSpan(0, 1))], [.. source, encoded, .. states]);
    }

    public override void InPieces(Func<int, TransformerModel> load, float[] whole)
    {
        using TransformerModel model = load(2);
        Comparison.AssertRefused("a batch of sessions, each with a source of its own", () => _ = new DecoderBatch(model, 2));
        using ISequenceToSequenceSession session = CreateSession(model, Math.Min(_sequences, model.Description.ChunkLength));
        EncodeShortest(session);
        Encode(session);
        AssertSourcesRefused(session);
        Comparison.AssertRefused("an empty prompt", () => session.Prefill([]));
        Comparison.AssertRefused("a prompt longer than the context", () => session.Prefill(new int[_tokens.Length + 1]));
        for (int position = 0; position < _tokens.Length; position++)
        {
            Comparison.AssertSame(
                whole.AsSpan(position * Vocabulary, Vocabulary),
                session.Decode(_tokens[position]),
                "token by token",
                position
            );
        }

        Comparison.AssertRefused("a token more than the context", () => session.Decode(0));
        session.Reset();
        int last = _tokens.Length - 1;
        Comparison.AssertMostProbable(whole.AsSpan(last * Vocabulary, Vocabulary), session.PrefillGreedy(_tokens), last);
        if (session.Sequences == 1)
        {
            return;
        }

        Encode(session);
        Path other = Together(session, whole);
        Encode(session);
        float[] alone = new float[other.Tokens.Count * Vocabulary];
        session.Prefill(other.Tokens.ToArray(), alone);
        int first = other.Tokens.Count - other.Logits.Count;
        for (int i = 0; i < other.Logits.Count; i++)
        {
            Comparison.AssertSame(
                alone.AsSpan((first + i) * Vocabulary, Vocabulary),
                other.Logits[i],
                "one of several sequences and alone",
                first + i
            );
        }
    }

    private static ISequenceToSequenceSession CreateSession(TransformerModel model, int sequences) =>
        model is ISequenceToSequenceModel<LogMelInput> speech
            ? speech.CreateSession(sequences)
            : ((ISequenceToSequenceModel<TokenInput>)model).CreateSession(sequences);

    private void Encode(ISequenceToSequenceSession session)
    {
        if (session is ISequenceToSequenceSession<LogMelInput> speech)
        {
            speech.Encode(_sound);
        }
        else
        {
            ((ISequenceToSequenceSession<TokenInput>)session).Encode(_source);
        }
    }

    private void EncodeShortest(ISequenceToSequenceSession session)
    {
        if (session is ISequenceToSequenceSession<LogMelInput> speech)
        {
            speech.Encode(FirstFrame);
        }
        else
        {
            ((ISequenceToSequenceSession<TokenInput>)session).Encode(_source.AsSpan(0, 1));
        }
    }

    private void AssertSourcesRefused(ISequenceToSequenceSession session)
    {
        if (session is ISequenceToSequenceSession<LogMelInput> speech)
        {
            Comparison.AssertRefused("no sound", () => speech.Encode([]));
            Comparison.AssertRefused(
                "a frame too many",
                () => speech.Encode(new float[Speech!.MelBands * ((SpeechArchitecture.FramesPerPosition * SourceLength) + 1)])
            );
        }
        else
        {
            var text = (ISequenceToSequenceSession<TokenInput>)session;
            Comparison.AssertRefused("an empty source", () => text.Encode([]));
            Comparison.AssertRefused("a source that is too long", () => text.Encode(new int[SourceLength + 1]));
        }
    }

    /// <summary>Decodes several sequences together, the first of which is the one that is known; once some continue what others were.</summary>
    /// <returns>Another of them.</returns>
    private Path Together(ISequenceToSequenceSession session, float[] whole)
    {
        int cut = Random.Next(_tokens.Length),
            branch = cut + Random.Next(_tokens.Length - cut);
        if (cut > 0)
        {
            session.Prefill(_tokens.AsSpan(0, cut));
        }

        session.Branch([.. new int[session.Sequences]]);
        Path[] paths = [.. Enumerable.Range(0, session.Sequences).Select(_ => new Path([.. _tokens[..cut]], []))];
        for (int position = cut; position < _tokens.Length; position++)
        {
            if (position == branch)
            {
                int[] parents = [0, .. Draw(paths.Length - 1, paths.Length)];
                session.Branch(parents);
                paths = [.. parents.Select(parent => new Path([.. paths[parent].Tokens], [.. paths[parent].Logits]))];
            }

            int[] tokens = [_tokens[position], .. Draw(paths.Length - 1, Vocabulary)];
            session.DecodeEach(tokens);
            Comparison.AssertSame(whole.AsSpan(position * Vocabulary, Vocabulary), session.LogitsOf(0), "beside other sequences", position);
            for (int i = 0; i < paths.Length; i++)
            {
                paths[i].Tokens.Add(tokens[i]);
                paths[i].Logits.Add(session.LogitsOf(i).ToArray());
            }
        }

        return paths[1 + Random.Next(paths.Length - 1)];
    }

    /// <summary>The tokens of a sequence, and the logits that it got since it was one of several.</summary>
    private sealed record Path(List<int> Tokens, List<float[]> Logits);
}

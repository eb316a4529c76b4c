using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Tests.Oracle;

namespace Specializer.Fuzzing;

/// <summary>An encoder-decoder over the longest source and its whole context, and over one token of each.</summary>
internal sealed class EncoderDecoderRun : ModelRun
{
    private readonly int[] _source;
    private readonly int[] _tokens;
    private readonly int _sequences;

    public EncoderDecoderRun(TransformerArchitecture architecture, int seed, int sequences)
        : base(architecture, seed)
    {
        _source = Draw(architecture.Encoder!.ContextLength, architecture.Encoder.Embeddings.VocabularySize);
        _tokens = Draw(architecture.ContextLength, architecture.Embeddings.VocabularySize);
        _sequences = sequences;
    }

    private int Vocabulary => Architecture.Embeddings.VocabularySize;

    public override OracleRun Expect(CheckpointTensors tensors)
    {
        OracleRun source = new ArchitectureOracle(Architecture.Encoder!, tensors).Run(_source);
        OracleRun decoded = new ArchitectureOracle(Architecture, tensors).Run(_tokens, new OracleInput(Source: source.LastHidden));

        OracleRun shortest = new ArchitectureOracle(Architecture.Encoder!, tensors).Run(_source[..1]);
        OracleRun one = new ArchitectureOracle(Architecture, tensors).Run(_tokens[..1], new OracleInput(Source: shortest.LastHidden));

        // The encoder's states first, then its output, then the decoder's.
        return new OracleRun([.. decoded.Logits, .. one.Logits], [.. source.HiddenStates, source.LastHidden, .. decoded.HiddenStates], decoded.LastHidden);
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
        float[] encoded = new float[_source.Length * width], logits = new float[_tokens.Length * Vocabulary];
        session.CopyEncoderOutput(encoded);
        session.Prefill(_tokens, logits);
        session.SourceHiddenStates = session.HiddenStates = null;
        session.Encode(_source.AsSpan(0, 1));
        return ([.. logits, .. session.Prefill(_tokens.AsSpan(0, 1))], [.. source, encoded, .. states]);
    }

    public override void InPieces(Func<int, TransformerModel> load, float[] whole)
    {
        using var model = (EncoderDecoderModel)load(2);
        using EncoderDecoderSession session = model.CreateSession(Math.Min(_sequences, model.Description.ChunkLength));
        session.Encode(_source.AsSpan(0, 1));
        session.Encode(_source);
        Comparison.AssertRefused("an empty source", () => session.Encode([]));
        Comparison.AssertRefused("a source that is too long", () => session.Encode(new int[_source.Length + 1]));
        Comparison.AssertRefused("an empty prompt", () => session.Prefill([]));
        Comparison.AssertRefused("a prompt longer than the context", () => session.Prefill(new int[_tokens.Length + 1]));
        for (int position = 0; position < _tokens.Length; position++)
        {
            Comparison.AssertSame(whole.AsSpan(position * Vocabulary, Vocabulary), session.Decode(_tokens[position]), "token by token", position);
        }

        Comparison.AssertRefused("a token more than the context", () => session.Decode(0));
        if (session.Sequences == 1)
        {
            return;
        }

        session.Encode(_source);
        Path other = Together(session, whole);
        session.Encode(_source);
        float[] alone = new float[other.Tokens.Count * Vocabulary];
        session.Prefill(other.Tokens.ToArray(), alone);
        int first = other.Tokens.Count - other.Logits.Count;
        for (int i = 0; i < other.Logits.Count; i++)
        {
            Comparison.AssertSame(alone.AsSpan((first + i) * Vocabulary, Vocabulary), other.Logits[i], "one of several sequences and alone", first + i);
        }
    }

    /// <summary>Decodes several sequences together, the first of which is the one that is known; once some continue what others were.</summary>
    /// <returns>Another of them.</returns>
    private Path Together(EncoderDecoderSession session, float[] whole)
    {
        int cut = Random.Next(_tokens.Length), branch = cut + Random.Next(_tokens.Length - cut);
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

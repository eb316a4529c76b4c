using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Xunit;

namespace Specializer.Fuzzing;

using AttentionMask = Specializer.Generator.Architecture.AttentionMask;

/// <summary>Small decoders with LongRoPE, and the sequence that the tests give them.</summary>
internal static class LongRopeModels
{
    internal const string AssemblyName = "longrope";

    /// <summary>The original length: no multiple of a chunk, which has 8 positions.</summary>
    internal const int Original = 21;
    internal const int Longest = 64;

    /// <summary>The context of the model with a window, whose caches are rings of 128 positions.</summary>
    internal const int LongestOfWindow = 200;
    internal const int Vocabulary = 37;

    private const string Configuration = """
        {
          "model_type": "phi3", "architectures": ["Phi3ForCausalLM"], "hidden_size": 48, "intermediate_size": 40,
          "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 37, "rms_norm_eps": 1e-5,
          "rope_theta": 10000.0, "max_position_embeddings": 64, "original_max_position_embeddings": 21, WINDOW
          "tie_word_embeddings": true, "hidden_act": "silu",
          "rope_scaling": {
            "type": "longrope", "short_factor": [1.0, 1.1, 1.2, 1.4, 1.5, 1.7], "long_factor": [1.0, 1.5, 2.0, 3.5, 6.0, 11.0]
          }
        }
        """;

    /// <summary>A decoder, one with a window, and one whose sequences begin with a prefix.</summary>
    internal static IReadOnlyList<TransformerArchitecture> Architectures { get; } =
    [
        Parse(""),
        Parse("\"sliding_window\": 5,", LongestOfWindow),
        Parse("").WithAttention(static attention => attention with { Mask = AttentionMask.Prefix }),
    ];

    private static readonly Lazy<FuzzAssembly> s_assembly = new(static () => new FuzzAssembly(AssemblyName, Architectures));

    internal static int[] Tokens { get; } =
    [.. Enumerable.Range(0, LongestOfWindow).Select(static position => ((position * position) + (5 * position)) % Vocabulary)];

    internal static TransformerArchitecture Parse(string window, int contextLength = Longest)
    {
        var file = new ConfigurationFile("config.json", Configuration.Replace("WINDOW", window, StringComparison.Ordinal));
        ConfigurationReading reading = file.Parse(new ConfigurationReference("config.json", contextLength, ChunkLength: 8));
        Assert.Empty(reading.Problems);
        return reading.Architecture!;
    }

    internal static IDecoderModel Load(
        int number,
        InstructionSet? instructionSet = null,
        int threads = 1,
        OriginalLengthCrossing crossing = default
    )
    {
        using CheckpointTensors tensors = new(Architectures[number], 1);
        ModelOptions options = new()
        {
            InstructionSet = instructionSet,
            Threads = threads,
            OriginalLengthCrossing = crossing,
        };
        return (IDecoderModel)s_assembly.Value.Load(number, tensors, options);
    }

    /// <summary>The logits after the first tokens, of a new session that gets them in one call.</summary>
    internal static float[] Fresh(IDecoderModel model, int length)
    {
        using IDecoderSession session = model.CreateSession();
        return session.Prefill(Tokens.AsSpan(0, length)).ToArray();
    }

    internal static IDecoderSession Prefilled(IDecoderModel model, int length)
    {
        IDecoderSession session = model.CreateSession();
        session.Prefill(Tokens.AsSpan(0, length));
        return session;
    }
}

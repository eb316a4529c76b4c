using System;
using System.Collections.Generic;
using System.Globalization;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>The constants of a completed class: which ones a kind of model has, what each of them is, and its value.</summary>
internal static class ModelConstants
{
    /// <summary>The public constants in the order of the class, each with its type, its name and its description.</summary>
    /// <param name="kind">The kind of the model.</param>
    /// <param name="output">The subject of an encoder's output: "a token" or "the sequence".</param>
    public static IEnumerable<(string Type, string Name, string Summary)> Of(ModelKind kind, string output)
    {
        bool isEncoder = kind is ModelKind.Encoder or ModelKind.ImageEncoder,
            hasSource = kind is ModelKind.EncoderDecoder or ModelKind.Speech;
        yield return ("int", "Layers", "The number of layers.");
        yield return ("int", "DModel", "The width of the hidden states.");
        yield return (
            "int",
            "VocabularySize",
            !isEncoder ? "The number of token ids; logits are as many."
            : kind == ModelKind.Encoder ? "The number of token ids."
            : "0: images have no tokens."
        );
        yield return ("int", "ContextLength", "The largest number of positions of a session.");
        if (hasSource)
        {
            yield return ("int", "EncoderLayers", "The number of layers of the encoder.");
            yield return ("int", "SourceLength", "The largest number of positions of a source.");
            yield return kind == ModelKind.Speech
                ? ("int", "MelBands", "The mel bands of a frame of sound.")
                : ("int", "SourceVocabularySize", "The number of token ids of a source.");
            yield return ("long", "SequenceBytes", "The bytes of every further sequence of a session.");
        }

        yield return (
            "int",
            "ChunkLength",
            isEncoder ? "The number of positions that a step processes." : "The number of positions that one step of a prefill processes."
        );
        yield return ("long", "ParameterCount", "The number of trained parameters, tied ones counted once.");
        yield return ("long", "PackedWeightBytes", "The bytes of the packed weights in memory, shared by all sessions.");
        yield return (
            "long",
            "SessionBytes",
            isEncoder
                ? "The bytes of one session: the states of the longest sequence, and activations."
                : "The bytes of one session: key/value cache, activations and logits."
        );
        yield return ("long", "MultiplyAddsPerToken", "Multiply-adds of the linear layers for one token, logits included.");
        if (kind == ModelKind.ImageEncoder)
        {
            yield return ("int", "ImageSize", "Height and width of an image.");
            yield return ("int", "Channels", "The channels of an image.");
        }

        if (isEncoder)
        {
            yield return ("int", "TokenTypes", "The number of token types; 0 if there are none.");
            yield return ("int", "OutputWidth", "The width of " + output + "'s output.");
        }
    }

    /// <summary>The value of a constant.</summary>
    public static long Value(ExecutionPlan plan, string name)
    {
        TransformerArchitecture architecture = plan.Architecture;
        return name switch
        {
            "Layers" => architecture.Layers,
            "DModel" => architecture.Width,
            "VocabularySize" => architecture.Embeddings.VocabularySize,
            "ContextLength" => architecture.ContextLength,
            "EncoderLayers" => plan.Encoder!.Architecture.Layers,
            "SourceLength" => plan.Encoder!.Architecture.ContextLength,
            "MelBands" => plan.Encoder!.Architecture.Embeddings.Speech!.MelBands,
            "SourceVocabularySize" => plan.Encoder!.Architecture.Embeddings.VocabularySize,
            "SequenceBytes" => plan.SequenceFloats * sizeof(float),
            "ChunkLength" => plan.ChunkLength,
            "ParameterCount" => plan.ParameterCount,
            "PackedWeightBytes" => plan.PackedWeightBytes,
            "SessionBytes" => plan.SessionBytes,
            "MultiplyAddsPerToken" => plan.MultiplyAddsPerToken,
            "ImageSize" => architecture.Embeddings.Patches!.ImageSize,
            "Channels" => architecture.Embeddings.Patches!.Channels,
            "TokenTypes" => architecture.Embeddings.TokenTypes,
            "OutputWidth" => plan.Head!.OutputWidth,
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such constant."),
        };
    }

    /// <summary>Writes one of them.</summary>
    public static void Emit(SourceWriter writer, string type, string name, string summary, long value)
    {
        writer.Separate();
        writer.Line($"/// <summary>{summary}</summary>");
        writer.Line($"public const {type} {name} = {value.ToString(CultureInfo.InvariantCulture)};");
    }
}

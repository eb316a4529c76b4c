using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing;

/// <summary>Finds the known facts of a model whose declaration has errors.</summary>
internal static class OutlineParser
{
    /// <summary>The named arguments of [Transformer] that the generated class exposes as constants of the same names.</summary>
    private static readonly string[] s_constants =
    [
        "Layers",
        "DModel",
        "VocabularySize",
        "ContextLength",
        "ChunkLength",
        "EncoderLayers",
        "SourceLength",
        "SourceVocabularySize",
        "TokenTypes",
    ];

    /// <summary>Reads the skeleton from the attributes alone.</summary>
    public static ModelOutline Of(ClassDeclaration declaration, DeclaredParts parts, IEnumerable<string> taken)
    {
        AttributeReader transformer = parts.Part("Transformer");
        IEnumerable<KnownConstant> constants = s_constants
            .Select(name => new KnownConstant(name, transformer.Named(name, 0)))
            .Where(static constant => constant.Value > 0);
        return new ModelOutline(
            declaration,
            Kind(transformer, parts),
            new EquatableArray<KnownConstant>(constants),
            new EquatableArray<string>(taken)
        );
    }

    /// <summary>Reads the skeleton from a config.json with errors, or from the only file that can be meant.</summary>
    public static ModelOutline Of(ClassDeclaration declaration, ConfigurationReference reference, TransformerArchitecture? architecture)
    {
        ModelKind kind =
            architecture?.Kind
            ?? (
                reference.SourceLength > 0 ? ModelKind.EncoderDecoder
                : reference.Pooling is null ? ModelKind.Decoder
                : ModelKind.Encoder
            );
        (string Name, long Value)[] constants = architecture is null
            ? [("ContextLength", reference.ContextLength), ("SourceLength", reference.SourceLength)]
            :
            [
                ("Layers", architecture.Layers),
                ("DModel", architecture.Width),
                ("VocabularySize", architecture.Embeddings.VocabularySize),
                ("ContextLength", architecture.ContextLength),
                ("EncoderLayers", architecture.Encoder?.Layers ?? 0),
                ("SourceLength", architecture.Encoder?.ContextLength ?? 0),
                ("SourceVocabularySize", architecture.Encoder?.Embeddings.VocabularySize ?? 0),
                ("MelBands", architecture.Encoder?.Embeddings.Speech?.MelBands ?? 0),
                ("ImageSize", architecture.Embeddings.Patches?.ImageSize ?? 0),
                ("Channels", architecture.Embeddings.Patches?.Channels ?? 0),
                ("TokenTypes", architecture.Embeddings.TokenTypes),
            ];
        return new ModelOutline(
            declaration,
            kind,
            new EquatableArray<KnownConstant>(
                constants
                    .Where(static constant => constant.Value > 0)
                    .Select(static constant => new KnownConstant(constant.Name, constant.Value))
            ),
            EquatableArray<string>.Empty
        );
    }

    private static ModelKind Kind(AttributeReader transformer, DeclaredParts parts)
    {
        if (parts.Configuration is not null)
        {
            return transformer.Has("SourceLength") ? ModelKind.EncoderDecoder
                : parts.Part("Pooling").IsPresent ? ModelKind.Encoder
                : ModelKind.Decoder;
        }

        return transformer.Positional(0, Stack.Decoder) switch
        {
            Stack.Encoder => ModelKind.Encoder,
            Stack.EncoderDecoder => ModelKind.EncoderDecoder,
            _ => parts.Part("Attention").Named("Mask", AttentionMask.Causal) == AttentionMask.Prefix
                ? (transformer.Named("EmbeddedPrefix", false) ? ModelKind.EmbeddedPrefixDecoder : ModelKind.PrefixDecoder)
                : ModelKind.Decoder,
        };
    }
}

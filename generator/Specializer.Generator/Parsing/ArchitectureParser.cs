using System;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Specializer.Generator.Architecture;
using Specializer.Generator.Diagnostics;
using Specializer.Generator.Parsing.Configuration;
using static Specializer.Generator.Parsing.CheckedArguments;

namespace Specializer.Generator.Parsing;

/// <summary>
/// Reads the attributes of the parts into an architecture, fills in every default and checks every rule. An error in one part
/// does not hide an error in another. A rule between two values is checked only if both are valid.
/// </summary>
internal static class ArchitectureParser
{
    /// <summary>The largest head dimension: the kernels keep the running results of a tile of queries on the stack.</summary>
    private const int LargestHeadDimension = 4096;

    public static TransformerArchitecture? Parse(string className, DeclaredParts parts, ParseContext context)
    {
        AttributeReader transformer = parts.Part("Transformer");
        AttributeReader attention = RequiredPart(className, parts, "Attention", "the heads and their width", context);
        AttributeReader feedForward = RequiredPart(className, parts, "FeedForward", "the inner width and the activation", context);
        AttributeReader norm = RequiredPart(className, parts, "Norm", "the kind of the norms", context);

        Stack stack = transformer.Positional(0, Stack.Decoder);
        LayerArrangement arrangement = transformer.Named("Arrangement", LayerArrangement.PreNorm);
        int? layers = null,
            width = null,
            vocabulary = null,
            contextLength = null,
            chunkLength = null,
            tokenTypes = null;
        if (IsReadable(transformer, context))
        {
            CheckEnum(stack, "The stack", transformer.PositionalLocation(0, "stack"), context);
            layers = Extent(transformer, "Layers", context);
            width = Extent(transformer, "DModel", context);
            vocabulary = Extent(transformer, "VocabularySize", context);
            contextLength = Extent(transformer, "ContextLength", context);
            chunkLength = OptionalExtent(transformer, "ChunkLength", LargestExtent, context);
            CheckArrangement(arrangement, transformer, context);
            CheckFactor(transformer, "EmbeddingScale", "a positive number, or 0 for none", context);
            CheckFactor(transformer, "ResidualScale", "a positive number, or 0 for none", context);
            CheckFactor(transformer, "LogitsSoftCap", "a positive number, or 0 for none", context);
            tokenTypes = OptionalExtent(transformer, "TokenTypes", LargestExtent, context);
        }

        AttentionArchitecture? attentionArchitecture = ParseAttention(attention, width, context);
        AttentionPositions? positions = PositionsParser.ParseAttention(parts, attentionArchitecture?.HeadDim, context);
        FeedForwardArchitecture? feedForwardArchitecture = ParseFeedForward(feedForward, context);
        NormArchitecture? normArchitecture = ParseNorm(norm, context);
        PoolingDeclaration? pooling = StackParser.ParsePooling(parts.Part("Pooling"), context);
        StackClashes.Check(parts, transformer, attention, norm, context);
        if (
            layers is null
            || width is null
            || vocabulary is null
            || contextLength is null
            || chunkLength is null
            || tokenTypes is null
            || attentionArchitecture is null
            || positions is null
            || feedForwardArchitecture is null
            || normArchitecture is null
        )
        {
            return null;
        }

        if (attentionArchitecture.QueryKeyNorm && normArchitecture.Kind == NormKind.Layer)
        {
            context.Report(
                DiagnosticDescriptors.PartsExcludeEachOther,
                attention.NamedLocation("QueryKeyNorm"),
                "QueryKeyNorm",
                "NormKind.Layer",
                "query and key heads support RMSNorm only; use NormKind.RootMeanSquare"
            );
        }

        PositionTable? table = PositionsParser.ParseTable(parts, width.Value, contextLength.Value, context);
        AttentionMask mask = attention.Named("Mask", AttentionMask.Causal);
        float embeddingScale = transformer.Named("EmbeddingScale", 0f),
            residualScale = transformer.Named("ResidualScale", 0f);
        var full = new LayerKind(
            "",
            attentionArchitecture with
            {
                Positions = positions,
                Mask = mask,
            },
            feedForwardArchitecture,
            arrangement
        )
        {
            ResidualScale = residualScale == 0 ? 1 : residualScale,
        };
        (LayerKind[] kinds, int[] pattern) = LayerKindsParser.Parse(
            parts.Part("SlidingWindow"),
            full,
            stack,
            stack == Stack.Encoder && mask == AttentionMask.Full,
            contextLength.Value,
            context
        );
        var embeddings = new EmbeddingArchitecture(
            vocabulary.Value,
            embeddingScale == 0 ? 1 : embeddingScale,
            table,
            transformer.Named("EmbeddingNorm", false)
        )
        {
            TokenTypes = tokenTypes.Value,
            EmbeddedPrefix = transformer.Named("EmbeddedPrefix", false),
        };
        var architecture = new TransformerArchitecture(
            layers.Value,
            width.Value,
            contextLength.Value,
            chunkLength.Value,
            embeddings,
            new EquatableArray<LayerKind>(kinds),
            new EquatableArray<int>(pattern),
            normArchitecture,
            new LogitsArchitecture(
                transformer.Named("TiedEmbeddings", false),
                transformer.Named("LogitsBias", false),
                transformer.Named("LogitsSoftCap", 0f)
            ),
            CheckpointLayout.Llama
        )
        {
            Stack = stack,
            WeightStorage = Storage(transformer, context),
            Head = pooling?.Head,
            GlobalTokens = attention.Named("GlobalTokens", false),
        };
        bool finalNorm = !norm.Named("NoFinalNorm", false) && arrangement != LayerArrangement.PostNorm;
        architecture =
            stack == Stack.EncoderDecoder
                ? StackParser.WithEncoder(parts, architecture, full, transformer, finalNorm, context)
                : architecture with
                {
                    Checkpoint = TensorNamesParser.Parse(parts, architecture, "", finalNorm, ownEmbeddings: false, context),
                };
        CheckSizes(architecture, transformer, attention, feedForward, context);
        return context.Failed ? null : architecture;
    }

    /// <summary>Reads [Transformer("config.json")] and the values that override the file.</summary>
    public static ConfigurationReference? ParseReference(DeclaredParts parts, ParseContext context)
    {
        AttributeReader transformer = parts.Part("Transformer");
        if (!IsReadable(transformer, context))
        {
            return null;
        }

        ArchitectureOverrides overrides = OverridesParser.Parse(parts, context);
        int? contextLength = OptionalExtent(transformer, "ContextLength", LargestExtent, context);
        int? chunkLength = OptionalExtent(transformer, "ChunkLength", LargestExtent, context);
        int? sourceLength = OptionalExtent(transformer, "SourceLength", LargestExtent, context);
        return contextLength is null || chunkLength is null || sourceLength is null
            ? null
            : new ConfigurationReference(ConfigurationFile.Normalize(parts.Configuration!), contextLength.Value, chunkLength.Value)
            {
                SourceLength = sourceLength.Value,
                Section = transformer.Named<string?>("Section", null) ?? "",
                Overrides = overrides,
                Pooling = StackParser.ParsePooling(parts.Part("Pooling"), context),
            };
    }

    /// <summary>Reads the type in which weights are stored.</summary>
    internal static WeightStorage Storage(AttributeReader transformer, ParseContext context)
    {
        WeightStorage storage = transformer.Named("WeightStorage", WeightStorage.Float32);
        CheckEnum(storage, "WeightStorage", transformer.NamedLocation("WeightStorage"), context);
        return storage;
    }

    private static AttentionArchitecture? ParseAttention(AttributeReader attribute, int? width, ParseContext context)
    {
        if (!IsReadable(attribute, context))
        {
            return null;
        }

        int? heads = Extent(attribute, "Heads", context);
        int? keyValueHeads = OptionalExtent(attribute, "KeyValueHeads", LargestExtent, context);
        int? headDimension = OptionalExtent(attribute, "HeadDim", LargestHeadDimension, context);
        float scale = attribute.Named("Scale", 0f);
        AttentionForm form = attribute.Named("Form", AttentionForm.Softmax);
        CheckEnum(attribute.Named("Mask", AttentionMask.Causal), "Mask", attribute.NamedLocation("Mask"), context);
        CheckEnum(form, "Form", attribute.NamedLocation("Form"), context);
        if (float.IsNaN(scale) || float.IsInfinity(scale) || scale < 0)
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange,
                attribute.NamedLocation("Scale"),
                "Scale",
                Text(scale),
                "a positive number, or 0 for 1/√HeadDim"
            );
        }

        CheckFactor(attribute, "SoftCap", "a positive number, or 0 for none", context);
        bool bias = attribute.Named("QueryKeyValueBias", false);
        if (headDimension == 0)
        {
            headDimension = heads is null || width is null ? null : DivideWidth(attribute, heads.Value, width.Value, context);
        }

        keyValueHeads = keyValueHeads == 0 ? heads : keyValueHeads;
        if (heads is null || keyValueHeads is null)
        {
            return null;
        }

        if (heads % keyValueHeads != 0)
        {
            context.Report(
                DiagnosticDescriptors.KeyValueHeadsDoNotDivideHeads,
                attribute.NamedLocation("KeyValueHeads"),
                SuggestedFix.Values("KeyValueHeads", NearestDivisors(heads.Value, keyValueHeads.Value)),
                Text(keyValueHeads.Value),
                Text(heads.Value),
                Divisors(heads.Value)
            );
            return null;
        }

        return headDimension is null
            ? null
            : new AttentionArchitecture(
                heads.Value,
                keyValueHeads.Value,
                headDimension.Value,
                scale == 0 ? (form == AttentionForm.Linear ? 1 : (float)(1 / Math.Sqrt(headDimension.Value))) : scale,
                QueryBias: bias || attribute.Named("QueryBias", false),
                KeyBias: bias || attribute.Named("KeyBias", false),
                ValueBias: bias || attribute.Named("ValueBias", false),
                attribute.Named("OutputBias", false),
                attribute.Named("SoftCap", 0f),
                attribute.Named("QueryKeyNorm", false)
            )
            {
                Form = form,
            };
    }

    /// <summary>Computes the head dimension when it is not given.</summary>
    private static int? DivideWidth(AttributeReader attribute, int heads, int width, ParseContext context)
    {
        if (width % heads != 0)
        {
            int[] nearest = NearestDivisors(width, heads);
            context.Report(
                DiagnosticDescriptors.HeadsDoNotDivideWidth,
                attribute.NamedLocation("Heads"),
                SuggestedFix.Values("Heads", nearest),
                Text(heads),
                Text(width),
                "such as " + string.Join(" or ", nearest.Select(Text))
            );
            return null;
        }

        if (width / heads > LargestHeadDimension)
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange,
                attribute.NamedLocation("Heads"),
                "The head dimension, DModel / Heads,",
                Text(width / heads),
                "1 to " + Text(LargestHeadDimension)
            );
            return null;
        }

        return width / heads;
    }

    // FeedForwardNorm describes the first layer of some checkpoints, not the layers of a declared model.
    private static void CheckArrangement(LayerArrangement arrangement, AttributeReader transformer, ParseContext context)
    {
        Location location = transformer.NamedLocation("Arrangement");
        if (arrangement == LayerArrangement.FeedForwardNorm)
        {
            string found = arrangement.ToString("D");
            context.Report(DiagnosticDescriptors.ValueOutOfRange, location, "Arrangement", found, "a value of LayerArrangement");
            return;
        }

        CheckEnum(arrangement, "Arrangement", location, context);
    }

    private static FeedForwardArchitecture? ParseFeedForward(AttributeReader attribute, ParseContext context)
    {
        if (!IsReadable(attribute, context))
        {
            return null;
        }

        int width = attribute.Positional(0, 0);
        Activation activation = attribute.Positional(1, Activation.Relu);
        CheckEnum(activation, "The activation", attribute.PositionalLocation(1, "activation"), context);
        if (width is < 1 or > LargestExtent)
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange,
                attribute.PositionalLocation(0, "width"),
                "The inner width",
                Text(width),
                "1 to " + Text(LargestExtent)
            );
            return null;
        }

        return new FeedForwardArchitecture(width, activation.Function(), activation.IsGated(), attribute.Named("Bias", false));
    }

    internal static NormArchitecture? ParseNorm(AttributeReader attribute, ParseContext context)
    {
        if (!IsReadable(attribute, context))
        {
            return null;
        }

        NormKind kind = attribute.Positional(0, NormKind.RootMeanSquare);
        float epsilon = attribute.Named("Epsilon", 1e-5f);
        CheckEnum(kind, "The norm", attribute.PositionalLocation(0, "kind"), context);
        if (!NumberRange.Epsilon.Contains(epsilon))
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange,
                attribute.NamedLocation("Epsilon"),
                "Epsilon",
                Text(epsilon),
                NumberRange.Epsilon.Description
            );
        }

        return new NormArchitecture(
            kind,
            epsilon,
            Bias: kind == NormKind.Layer && !attribute.Named("NoBias", false),
            attribute.Named("UnitOffset", false)
        );
    }

    /// <summary>Checks products of dimensions, which can be too large even if each dimension is in range.</summary>
    private static void CheckSizes(
        TransformerArchitecture architecture,
        AttributeReader transformer,
        AttributeReader attention,
        AttributeReader feedForward,
        ParseContext context
    )
    {
        AttentionArchitecture heads = architecture.Attention;
        FeedForwardArchitecture inner = architecture.FeedForward;
        long projected = (heads.Heads + (2L * heads.KeyValueHeads)) * heads.HeadDim;
        Location headsLocation = attention.NamedLocation("Heads");
        if (!CheckSize("The queries, keys and values of a position", projected, LargestExtent, "Heads or HeadDim", headsLocation, context))
        {
            return;
        }

        CheckSize(
            "The query, key and value matrix",
            projected * architecture.Width,
            int.MaxValue,
            "DModel, Heads or HeadDim",
            headsLocation,
            context
        );
        CheckSize(
            inner.Gated ? "The gate and up matrix" : "The up matrix",
            (long)inner.Width * architecture.Width * (inner.Gated ? 2 : 1),
            int.MaxValue,
            "the inner width or DModel",
            feedForward.PositionalLocation(0, "width"),
            context
        );
        CheckSize(
            "The logits' matrix",
            (long)architecture.Embeddings.VocabularySize * architecture.Width,
            int.MaxValue,
            "VocabularySize or DModel",
            transformer.NamedLocation("VocabularySize"),
            context
        );
        // Keys are stored in panels without gaps, values in rows of whole cache lines.
        long paddedHead = (heads.HeadDim + 15) / 16 * 16;
        CheckSize(
            "The key/value cache of a layer",
            architecture.ContextLength * (heads.HeadDim + paddedHead) * heads.KeyValueHeads,
            int.MaxValue,
            "ContextLength",
            transformer.NamedLocation("ContextLength"),
            context
        );
    }

    private static AttributeReader RequiredPart(string className, DeclaredParts parts, string name, string meaning, ParseContext context)
    {
        AttributeReader part = parts.Part(name);
        if (!part.IsPresent)
        {
            context.Report(DiagnosticDescriptors.MissingPart, parts.ClassName, className, name, meaning);
        }

        return part;
    }

    private static string Divisors(int number) =>
        string.Join(", ", Enumerable.Range(1, number).Where(divisor => number % divisor == 0).Select(Text));

    /// <summary>
    /// Returns the divisors of a number nearest to the given one: the next smaller and, if there is one, the next larger.
    /// </summary>
    private static int[] NearestDivisors(int number, int given)
    {
        int below = Enumerable.Range(1, given).Last(divisor => number % divisor == 0);
        int above = Enumerable.Range(given, Math.Max(1, number - given + 1)).FirstOrDefault(divisor => number % divisor == 0);
        return above == 0 ? [below] : [below, above];
    }
}

using Specializer.Generator.Architecture;
using Specializer.Generator.Diagnostics;

namespace Specializer.Generator.Parsing;

/// <summary>Reads the properties in which the stacks differ.</summary>
internal static class StackParser
{
    /// <summary>Reads [Pooling]; returns null if it is not present.</summary>
    public static PoolingDeclaration? ParsePooling(AttributeReader attribute, ParseContext context)
    {
        if (!CheckedArguments.IsReadable(attribute, context))
        {
            return null;
        }

        PoolingKind kind = attribute.Positional(0, PoolingKind.None);
        bool normalize = attribute.Named("Normalize", false);
        CheckedArguments.CheckEnum(kind, "The pooling", attribute.PositionalLocation(0, "kind"), context);
        if (kind == PoolingKind.None && normalize)
        {
            context.Report(
                DiagnosticDescriptors.PartsExcludeEachOther,
                attribute.NamedLocation("Normalize"),
                SuggestedFix.Remove,
                "PoolingKind.None",
                "Normalize",
                "only a pooled state can be normalized; choose a pooling or remove Normalize"
            );
        }

        return new PoolingDeclaration(kind, normalize);
    }

    /// <summary>Creates an encoder-decoder whose encoder has the shape of its decoder.</summary>
    /// <param name="parts">The attributes.</param>
    /// <param name="decoder">The decoder.</param>
    /// <param name="full">The kind of the decoder's layers without a window.</param>
    /// <param name="transformer">[Transformer].</param>
    /// <param name="finalNorm">Whether a norm follows the last layer.</param>
    /// <param name="context">Receives the errors.</param>
    public static TransformerArchitecture WithEncoder(
        DeclaredParts parts,
        TransformerArchitecture decoder,
        LayerKind full,
        AttributeReader transformer,
        bool finalNorm,
        ParseContext context
    )
    {
        int? layers = CheckedArguments.OptionalExtent(transformer, "EncoderLayers", CheckedArguments.LargestExtent, context);
        int? vocabulary = CheckedArguments.OptionalExtent(transformer, "SourceVocabularySize", CheckedArguments.LargestExtent, context);
        int? given = CheckedArguments.OptionalExtent(transformer, "SourceLength", CheckedArguments.LargestExtent, context);
        if (layers is null || vocabulary is null || given is null)
        {
            return decoder;
        }

        int length = given == 0 ? decoder.ContextLength : given.Value;
        int sourceVocabulary = vocabulary == 0 ? decoder.Embeddings.VocabularySize : vocabulary.Value;
        bool ownEmbeddings = sourceVocabulary != decoder.Embeddings.VocabularySize;
        CheckpointLayout Names(string stack, ParseContext context) =>
            TensorNamesParser.Parse(parts, decoder, stack, finalNorm, ownEmbeddings, context);
        CheckpointLayout decoderNames = Names("decoder", context);

        // Errors in names are already reported for the decoder.
        CheckpointLayout encoderNames = Names("encoder", new ParseContext(null, context.CancellationToken));
        bool shared = encoderNames.Names.TokenEmbedding == decoderNames.Names.TokenEmbedding;
        PositionTable? positions = decoder.Embeddings.Positions is LearnedPositions learned
            ? learned with
            {
                Rows = System.Math.Max(learned.Rows, learned.Offset + length),
            }
            : decoder.Embeddings.Positions;
        (LayerKind[] kinds, int[] pattern) = LayerKindsParser.ParseSource(
            parts.Part("SlidingWindow"),
            full.WithAttention(static attention => attention with { Mask = AttentionMask.Full }),
            length,
            context
        );
        TransformerArchitecture encoder = decoder with
        {
            Stack = Stack.Encoder,
            Layers = layers == 0 ? decoder.Layers : layers.Value,
            ContextLength = length,
            Embeddings = decoder.Embeddings with { VocabularySize = sourceVocabulary, Positions = positions },
            LayerKinds = new EquatableArray<LayerKind>(kinds),
            LayerPattern = new EquatableArray<int>(pattern),
            Logits = new LogitsArchitecture(Tied: shared && decoder.Logits.Tied, Bias: false, SoftCap: 0),
            Checkpoint = encoderNames,
        };
        return decoder with
        {
            Encoder = encoder,
            // Cross-attention always uses a softmax, whatever the form of self-attention.
            CrossAttention = decoder.Attention.ForCross() with
            {
                QueryKeyNorm = false,
                Form = AttentionForm.Softmax,
                Scale = decoder.Attention.IsLinear ? (float)(1 / System.Math.Sqrt(decoder.Attention.HeadDim)) : decoder.Attention.Scale,
            },
            Checkpoint = decoderNames,
        };
    }
}

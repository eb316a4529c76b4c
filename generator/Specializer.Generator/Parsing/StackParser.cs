using Microsoft.CodeAnalysis;
using Specializer.Generator.Architecture;
using Specializer.Generator.Diagnostics;

namespace Specializer.Generator.Parsing;

/// <summary>Reads what the stacks differ in, and says where an option belongs to another stack.</summary>
internal static class StackParser
{
    /// <summary>Reads [Pooling]; null if there is none.</summary>
    public static PoolingDeclaration? ParsePooling(AttributeReader attribute, ParseContext context)
    {
        if (!ArchitectureParser.IsReadable(attribute, context))
        {
            return null;
        }

        int kind = attribute.Positional(0, 0);
        bool normalize = attribute.Named("Normalize", false);
        ArchitectureParser.CheckEnum(kind, 4, "The pooling", attribute.PositionalLocation(0, "kind"), "a value of PoolingKind", context);
        if (kind == (int)Pooling.None && normalize)
        {
            context.Report(
                DiagnosticDescriptors.PartsExcludeEachOther, attribute.NamedLocation("Normalize"), Mend.Remove, "PoolingKind.None", "Normalize", "only a pooled state is normalised, so choose a pooling or leave out Normalize");
        }

        return new PoolingDeclaration((Pooling)kind, normalize);
    }

    /// <summary>Reports options of one stack that another has not.</summary>
    public static void Check(DeclaredParts parts, AttributeReader transformer, AttributeReader attention, ParseContext context)
    {
        int mask = attention.Named("Mask", 0);
        switch ((Stack)transformer.Positional(0, 0))
        {
            case Stack.Encoder:
                CheckEncoder(parts, transformer, attention, mask, context);
                break;
            case Stack.Decoder:
                if (mask == (int)AttentionMask.Full)
                {
                    Clash(attention.NamedLocation("Mask"), "Stack.Decoder", "AttentionMask.Full", "a decoder predicts a token from those before it, so leave out Mask", context);
                }

                if (parts.Part("Pooling") is { IsPresent: true } pooling)
                {
                    Clash(pooling.Location, "Stack.Decoder", "Pooling", "a decoder gives logits, so leave out [Pooling]", context);
                }

                break;
        }
    }

    private static void CheckEncoder(DeclaredParts parts, AttributeReader transformer, AttributeReader attention, int mask, ParseContext context)
    {
        const string Encoder = "Stack.Encoder";
        if (attention.IsPresent && mask == (int)AttentionMask.Causal)
        {
            Clash(attention.NamedLocation("Mask"), Encoder, "AttentionMask.Causal", "an encoder sees the whole sequence, so give Mask = AttentionMask.Full", context, Mend.Argument("Mask = global::Specializer.AttentionMask.Full"));
        }

        foreach (string option in new[] { "TiedEmbeddings", "LogitsBias" })
        {
            if (transformer.Named(option, false))
            {
                Clash(transformer.NamedLocation(option), Encoder, option, "an encoder has no logits, so leave out " + option, context);
            }
        }

        if (transformer.Named("LogitsSoftCap", 0f) != 0)
        {
            Clash(transformer.NamedLocation("LogitsSoftCap"), Encoder, "LogitsSoftCap", "an encoder has no logits, so leave out LogitsSoftCap", context);
        }

        if ((BlockArrangement)transformer.Named("Arrangement", 0) is BlockArrangement.ParallelOneNorm or BlockArrangement.ParallelTwoNorms)
        {
            Clash(transformer.NamedLocation("Arrangement"), Encoder, "blocks in parallel", "an encoder's blocks follow one another, so give another arrangement", context);
        }

        if (parts.Part("SlidingWindow") is { IsPresent: true } window)
        {
            Clash(window.Location, Encoder, "[SlidingWindow]", "every position of an encoder sees all others, so remove it", context);
        }

        if (parts.Part("AlibiPositions") is { IsPresent: true } alibi)
        {
            Clash(alibi.Location, Encoder, "[AlibiPositions]", "its slopes are for keys before the query, so choose other positions", context);
        }
    }

    private static void Clash(Location location, string one, string other, string advice, ParseContext context, Mend? mend = null) =>
        context.Report(DiagnosticDescriptors.PartsExcludeEachOther, location, mend ?? Mend.Remove, one, other, advice);
}

using Microsoft.CodeAnalysis;
using Specializer.Generator.Architecture;
using Specializer.Generator.Diagnostics;

namespace Specializer.Generator.Parsing;

/// <summary>Reports options of one stack that another stack does not have.</summary>
internal static class StackClashes
{
    /// <summary>Reports options of one stack that another stack does not have.</summary>
    public static void Check(
        DeclaredParts parts,
        AttributeReader transformer,
        AttributeReader attention,
        AttributeReader norm,
        ParseContext context
    )
    {
        AttentionMask mask = attention.Named("Mask", AttentionMask.Causal);
        Stack stack = transformer.Positional(0, Stack.Decoder);
        string spelled = "Stack." + stack;
        switch (stack)
        {
            case Stack.Encoder:
                CheckEncoder(parts, transformer, attention, mask, context);
                break;
            case Stack.Decoder:
                CheckDecoder(parts, transformer, attention, mask, context);
                break;
            case Stack.EncoderDecoder:
                CheckEncoderDecoder(parts, transformer, attention, mask, context);
                break;
        }

        if (transformer.Named<string?>("Section", null) is not null)
        {
            Clash(transformer.NamedLocation("Section"), spelled, "Section", "only a config.json has sections; remove Section", context);
        }

        if (stack != Stack.EncoderDecoder)
        {
            foreach (string option in new[] { "SourceLength", "SourceVocabularySize", "EncoderLayers" })
            {
                if (transformer.Named(option, 0) != 0)
                {
                    Clash(
                        transformer.NamedLocation(option),
                        spelled,
                        option,
                        "only an encoder-decoder has a source; remove " + option,
                        context
                    );
                }
            }

            if (parts.Part("SlidingWindow") is { IsPresent: true } window && window.Named("SourceWindow", 0) != 0)
            {
                Clash(
                    window.NamedLocation("SourceWindow"),
                    spelled,
                    "SourceWindow",
                    "only an encoder-decoder has a source; remove SourceWindow",
                    context
                );
            }
        }

        CheckResidualScale(transformer, context);
        if (transformer.Named("EmbeddedPrefix", false) && (stack != Stack.Decoder || mask != AttentionMask.Prefix))
        {
            Clash(
                transformer.NamedLocation("EmbeddedPrefix"),
                "EmbeddedPrefix",
                "a model without a prefix",
                "only a decoder with AttentionMask.Prefix has a prefix; remove EmbeddedPrefix",
                context
            );
        }

        if (attention.Named("Form", AttentionForm.Softmax) == AttentionForm.Linear)
        {
            CheckLinear(parts, attention, mask, context);
        }

        if (transformer.Named("Arrangement", LayerArrangement.PreNorm) == LayerArrangement.PostNorm && norm.Named("NoFinalNorm", false))
        {
            Clash(
                norm.NamedLocation("NoFinalNorm"),
                "LayerArrangement.PostNorm",
                "NoFinalNorm",
                "post-norm models have no norm after the last layer; remove NoFinalNorm",
                context
            );
        }
    }

    /// <summary>Rejects a factor that would precede a norm, which removes it.</summary>
    private static void CheckResidualScale(AttributeReader transformer, ParseContext context)
    {
        bool normsOutputs =
            transformer.Named("Arrangement", LayerArrangement.PreNorm) is LayerArrangement.Sandwich or LayerArrangement.OutputNorm;
        if (normsOutputs && transformer.Named("ResidualScale", 0f) != 0)
        {
            Clash(
                transformer.NamedLocation("ResidualScale"),
                "ResidualScale",
                "norms of the outputs of blocks",
                "the factor belongs to the weights of these norms; remove it",
                context
            );
        }
    }

    private static void CheckDecoder(
        DeclaredParts parts,
        AttributeReader transformer,
        AttributeReader attention,
        AttentionMask mask,
        ParseContext context
    )
    {
        const string Decoder = "Stack.Decoder";
        if (mask == AttentionMask.Full)
        {
            Clash(
                attention.NamedLocation("Mask"),
                Decoder,
                "AttentionMask.Full",
                "a decoder predicts each token from the tokens before it; remove Mask",
                context
            );
        }

        if (attention.Named("GlobalTokens", false))
        {
            Clash(
                attention.NamedLocation("GlobalTokens"),
                Decoder,
                "GlobalTokens",
                "a decoder's tokens do not attend to later tokens; remove GlobalTokens",
                context
            );
        }

        if (transformer.Named("TokenTypes", 0) != 0)
        {
            Clash(
                transformer.NamedLocation("TokenTypes"),
                Decoder,
                "TokenTypes",
                "token types apply to encoders only; remove TokenTypes",
                context
            );
        }

        if (parts.Part("Pooling") is { IsPresent: true } pooling)
        {
            Clash(
                pooling.Location,
                Decoder,
                "Pooling",
                "a decoder returns logits; remove [Pooling], or declare Stack.Encoder with Mask = AttentionMask.Causal",
                context
            );
        }

        if (mask != AttentionMask.Prefix)
        {
            return;
        }

        if (parts.Part("SlidingWindow") is { IsPresent: true } window)
        {
            Clash(
                window.Location,
                "AttentionMask.Prefix",
                "[SlidingWindow]",
                "positions of a prefix attend to all of the prefix; remove one",
                context
            );
        }

        if (parts.Part("AlibiPositions") is { IsPresent: true } alibi)
        {
            Clash(
                alibi.Location,
                "AttentionMask.Prefix",
                "[AlibiPositions]",
                "ALiBi's slopes apply to keys before the query; choose other positions",
                context
            );
        }
    }

    private static void CheckEncoder(
        DeclaredParts parts,
        AttributeReader transformer,
        AttributeReader attention,
        AttentionMask mask,
        ParseContext context
    )
    {
        const string Encoder = "Stack.Encoder";
        bool causal = mask == AttentionMask.Causal;
        if (attention.IsPresent && ((causal && !attention.Has("Mask")) || mask == AttentionMask.Prefix))
        {
            string advice = causal
                ? "an encoder has no default mask; set Mask = AttentionMask.Full, or AttentionMask.Causal for the body of a decoder"
                : "an encoder attends to the whole sequence; set Mask = AttentionMask.Full";
            Clash(
                attention.NamedLocation("Mask"),
                Encoder,
                "AttentionMask." + mask,
                advice,
                context,
                SuggestedFix.Argument("Mask = global::Specializer.AttentionMask.Full")
            );
        }

        if (causal && attention.Has("Mask"))
        {
            CheckCausalEncoder(attention, context);
        }
        else
        {
            CheckAlibi(parts, Encoder, context);
        }

        foreach (string option in new[] { "TiedEmbeddings", "LogitsBias" })
        {
            if (transformer.Named(option, false))
            {
                Clash(transformer.NamedLocation(option), Encoder, option, "an encoder has no logits; remove " + option, context);
            }
        }

        if (transformer.Named("LogitsSoftCap", 0f) != 0)
        {
            Clash(
                transformer.NamedLocation("LogitsSoftCap"),
                Encoder,
                "LogitsSoftCap",
                "an encoder has no logits; remove LogitsSoftCap",
                context
            );
        }

        if (!causal && attention.Named("GlobalTokens", false) && !parts.Part("SlidingWindow").IsPresent)
        {
            Clash(
                attention.NamedLocation("GlobalTokens"),
                "GlobalTokens",
                "a model without [SlidingWindow]",
                "every token already attends to all others; declare a sliding window or remove GlobalTokens",
                context
            );
        }
    }

    /// <summary>Reports options that a decoder body used as an encoder does not have.</summary>
    private static void CheckCausalEncoder(AttributeReader attention, ParseContext context)
    {
        const string Causal = "AttentionMask.Causal";
        if (attention.Named("GlobalTokens", false))
        {
            Clash(
                attention.NamedLocation("GlobalTokens"),
                Causal,
                "GlobalTokens",
                "global tokens attend to later tokens; remove GlobalTokens",
                context
            );
        }

        if (attention.Named("Form", AttentionForm.Softmax) == AttentionForm.Linear)
        {
            Clash(
                attention.NamedLocation("Form"),
                "Stack.Encoder with " + Causal,
                "AttentionForm.Linear",
                "causal linear attention applies to decoders only; set Mask = AttentionMask.Full",
                context
            );
        }
    }

    private static void CheckEncoderDecoder(
        DeclaredParts parts,
        AttributeReader transformer,
        AttributeReader attention,
        AttentionMask mask,
        ParseContext context
    )
    {
        const string EncoderDecoder = "Stack.EncoderDecoder";
        if (mask != AttentionMask.Causal)
        {
            Clash(
                attention.NamedLocation("Mask"),
                EncoderDecoder,
                "AttentionMask." + mask,
                "the encoder is bidirectional and the decoder is causal; remove Mask",
                context
            );
        }

        if (attention.Named("GlobalTokens", false))
        {
            Clash(
                attention.NamedLocation("GlobalTokens"),
                EncoderDecoder,
                "GlobalTokens",
                "only an encoder-only model has global tokens; remove GlobalTokens",
                context
            );
        }

        if (transformer.Named("TokenTypes", 0) != 0)
        {
            Clash(
                transformer.NamedLocation("TokenTypes"),
                EncoderDecoder,
                "TokenTypes",
                "token types apply to encoders only; remove TokenTypes",
                context
            );
        }

        if (parts.Part("Pooling") is { IsPresent: true } pooling)
        {
            Clash(pooling.Location, EncoderDecoder, "[Pooling]", "pooling does not apply to models with a source; remove it", context);
        }

        CheckArrangement(transformer, EncoderDecoder, context);
        CheckAlibi(parts, EncoderDecoder, context);
    }

    /// <summary>Reports options that need individual keys.</summary>
    private static void CheckLinear(DeclaredParts parts, AttributeReader attention, AttentionMask mask, ParseContext context)
    {
        const string Linear = "AttentionForm.Linear";
        foreach (string part in new[] { "RotaryPositions", "AlibiPositions", "SlidingWindow" })
        {
            if (parts.Part(part) is { IsPresent: true } found)
            {
                Clash(
                    found.Location,
                    Linear,
                    "[" + part + "]",
                    "linear attention does not keep individual keys; remove it (learned and sinusoidal positions are supported)",
                    context
                );
            }
        }

        foreach (string option in new[] { "SoftCap", "Scale" })
        {
            if (attention.Named(option, 0f) != 0)
            {
                Clash(attention.NamedLocation(option), Linear, option, "linear attention has no scores; remove " + option, context);
            }
        }

        if (mask == AttentionMask.Prefix)
        {
            Clash(
                attention.NamedLocation("Mask"),
                Linear,
                "AttentionMask.Prefix",
                "linear attention does not keep individual keys; remove Mask",
                context
            );
        }

        if (attention.Named("GlobalTokens", false))
        {
            Clash(
                attention.NamedLocation("GlobalTokens"),
                Linear,
                "GlobalTokens",
                "linear attention does not keep individual keys; remove GlobalTokens",
                context
            );
        }
    }

    private static void CheckArrangement(AttributeReader transformer, string stack, ParseContext context)
    {
        if (transformer.Named("Arrangement", LayerArrangement.PreNorm) == LayerArrangement.OutputNorm)
        {
            Clash(
                transformer.NamedLocation("Arrangement"),
                stack,
                "LayerArrangement.OutputNorm",
                "no encoder-decoder has norms of outputs alone; choose another arrangement",
                context
            );
        }

        if (
            transformer.Named("Arrangement", LayerArrangement.PreNorm)
            is LayerArrangement.ParallelOneNorm
                or LayerArrangement.ParallelTwoNorms
        )
        {
            Clash(
                transformer.NamedLocation("Arrangement"),
                stack,
                "parallel blocks",
                "the blocks of a decoder with a source run in sequence; choose another arrangement",
                context
            );
        }
    }

    private static void CheckAlibi(DeclaredParts parts, string stack, ParseContext context)
    {
        if (parts.Part("AlibiPositions") is { IsPresent: true } alibi)
        {
            Clash(
                alibi.Location,
                stack,
                "[AlibiPositions]",
                "ALiBi's slopes apply to keys before the query; choose other positions",
                context
            );
        }
    }

    private static void Clash(Location location, string one, string other, string advice, ParseContext context, SuggestedFix? fix = null) =>
        context.Report(DiagnosticDescriptors.PartsExcludeEachOther, location, fix ?? SuggestedFix.Remove, one, other, advice);
}

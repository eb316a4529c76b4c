using System.Linq;

namespace Specializer.Generator.Architecture;

/// <summary>
/// The body of a decoder without its logits. It processes a whole sequence at once and returns its states after the final norm,
/// or the output of a head (embeddings, classes, answers).
/// </summary>
internal static class DecoderBody
{
    /// <summary>Returns why the body of a decoder cannot process a whole sequence; null if it can.</summary>
    /// <param name="decoder">The decoder.</param>
    /// <param name="bidirectional">Whether the attention is bidirectional.</param>
    public static string? Obstacle(TransformerArchitecture decoder, bool bidirectional) =>
        decoder.Stack == Stack.EncoderDecoder ? "a decoder with cross-attention has no states without a source"
        : decoder.Attention.IsLinear && !bidirectional ? "causal linear attention applies to decoders only"
        : decoder.LayerKinds.Any(static kind => kind.Mixer is AttentionArchitecture { Mask: AttentionMask.Prefix })
            ? "a prefix applies to decoder sessions only"
        : bidirectional && decoder.LayerKinds.Any(static kind => kind.Mixer is AttentionArchitecture { Positions: AlibiPositions })
            ? "the slopes of ALiBi apply to keys before the query only"
        : null;

    /// <summary>Returns the body of a decoder without an <see cref="Obstacle"/> as an encoder.</summary>
    /// <param name="decoder">The decoder.</param>
    /// <param name="head">The head on the states after the final norm; null for the states of every token.</param>
    /// <param name="bidirectional">
    /// Whether the attention is bidirectional. A window of w positions then becomes a band of w / 2 on each side (EmbeddingGemma:
    /// transformers' Gemma3TextConfig computes w / 2 + 1, exclusive). A kind that already has a band keeps it.
    /// </param>
    /// <param name="output">The name of the head's output layer without ".weight"; empty if the head has none.</param>
    public static TransformerArchitecture AsEncoder(
        TransformerArchitecture decoder,
        HeadArchitecture? head,
        bool bidirectional = false,
        string output = ""
    )
    {
        CheckpointLayout checkpoint = decoder.Checkpoint;
        TensorSuffixes suffixes = checkpoint.Suffixes;
        string logits = checkpoint.Names.Logits,
            bias = checkpoint.Names.LogitsBias;

        // The file of a whole model also contains its logits.
        string[] unread = [logits.Length > 0 ? logits + suffixes.Weight : "", logits.Length > 0 ? logits + suffixes.Bias : "", bias];
        string[] read = output.Length == 0 ? [] : [output + suffixes.Weight, output + suffixes.Bias];
        TransformerArchitecture body = bidirectional ? decoder.WithAttention(Bidirectional) : decoder;
        return body with
        {
            Stack = Stack.Encoder,
            Head = head,
            Logits = new LogitsArchitecture(Tied: false, Bias: false, SoftCap: 0),
            Checkpoint = checkpoint with
            {
                Names = checkpoint.Names with { Logits = output, LogitsBias = "" },
                Ignored = new EquatableArray<string>(
                    checkpoint.Ignored.Concat(unread.Where(name => name.Length > 0 && !read.Contains(name))).Distinct()
                ),
            },
        };
    }

    private static AttentionArchitecture Bidirectional(AttentionArchitecture attention) =>
        attention with
        {
            Mask = AttentionMask.Full,
            Window = 0,
            Band = attention.Band > 0 ? attention.Band : attention.Window / 2,
        };

    /// <summary>XForSequenceClassification of a decoder: labels from the state of the last token, without a bias.</summary>
    /// <param name="labels">The number of labels.</param>
    public static HeadArchitecture SequenceClassification(int labels) =>
        new(PoolingKind.Last, null, Norm: false, Normalize: false, new OutputArchitecture(labels, Tied: false, Bias: false));

    /// <summary>XForTokenClassification: labels of every token.</summary>
    /// <param name="labels">The number of labels.</param>
    public static HeadArchitecture TokenClassification(int labels) =>
        new(PoolingKind.None, null, Norm: false, Normalize: false, new OutputArchitecture(labels, Tied: false, Bias: true));

    /// <summary>XForQuestionAnswering: the logits of the start and the end of an answer for every token (<c>qa_outputs</c>).</summary>
    public static HeadArchitecture QuestionAnswering() => TokenClassification(labels: 2);
}

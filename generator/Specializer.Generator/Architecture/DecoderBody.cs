using System.Linq;

namespace Specializer.Generator.Architecture;

/// <summary>
/// The body of a decoder without its logits: a stack that computes a whole sequence at once and gives its states after the final
/// norm, or what a head makes of them (embeddings, classes, answers).
/// </summary>
internal static class DecoderBody
{
    /// <summary>Why a decoder's body cannot be computed as a whole sequence; null if it can.</summary>
    /// <param name="decoder">The decoder.</param>
    /// <param name="bidirectional">Whether its positions see those after them too.</param>
    public static string? Obstacle(TransformerArchitecture decoder, bool bidirectional) =>
        decoder.Stack == Stack.EncoderDecoder ? "a decoder that attends to a source has no states without one"
        : decoder.Attention.Linear && !bidirectional ? "linear attention is causal in decoders only"
        : decoder.LayerKinds.Any(static kind => kind.Mask == AttentionMask.Prefix) ? "its prefix is given to sessions of decoders only"
        : bidirectional && decoder.LayerKinds.Any(static kind => kind.Positions is AlibiPositions)
            ? "its slopes (ALiBi) are for keys before the query only"
        : null;

    /// <summary>A decoder's body as a stack of its own, for a decoder without an <see cref="Obstacle"/>.</summary>
    /// <param name="decoder">The decoder.</param>
    /// <param name="head">What is computed from the states after the final norm; null for the states of every token.</param>
    /// <param name="bidirectional">
    /// Whether positions see those after them too. A window of w positions then becomes a band of w / 2 to each side (EmbeddingGemma:
    /// transformers' Gemma3TextConfig computes w / 2 + 1, exclusive); a kind that has a band already keeps it.
    /// </param>
    /// <param name="output">The name of the head's output layer without ".weight"; empty where the head has none.</param>
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

        // The file of a whole model still holds its logits.
        string[] unread = [logits.Length > 0 ? logits + suffixes.Weight : "", logits.Length > 0 ? logits + suffixes.Bias : "", bias];
        string[] read = output.Length == 0 ? [] : [output + suffixes.Weight, output + suffixes.Bias];
        return decoder with
        {
            Stack = Stack.Encoder,
            Head = head,
            LayerKinds = !bidirectional
                ? decoder.LayerKinds
                : new EquatableArray<LayerKind>(
                    decoder.LayerKinds.Select(static kind =>
                        kind with
                        {
                            Mask = AttentionMask.Full,
                            Window = 0,
                            Band = kind.Band > 0 ? kind.Band : kind.Window / 2,
                        }
                    )
                ),
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

    /// <summary>XForSequenceClassification of a decoder: labels of the last token's state, without a bias.</summary>
    /// <param name="labels">The labels.</param>
    public static HeadArchitecture SequenceClassification(int labels) =>
        new(Pooling.Last, null, Norm: false, Normalize: false, new OutputArchitecture(labels, Tied: false, Bias: false));

    /// <summary>XForTokenClassification: labels of every token.</summary>
    /// <param name="labels">The labels.</param>
    public static HeadArchitecture TokenClassification(int labels) =>
        new(Pooling.None, null, Norm: false, Normalize: false, new OutputArchitecture(labels, Tied: false, Bias: true));

    /// <summary>XForQuestionAnswering: for every token how far an answer begins and ends there (<c>qa_outputs</c>).</summary>
    public static HeadArchitecture QuestionAnswering() => TokenClassification(labels: 2);
}

using System.Linq;

namespace Specializer.Generator.Architecture;

/// <summary>How the names of a family's tensors vary from one checkpoint to another, as transformers loads one class from another's file.</summary>
internal sealed record CheckpointNaming
{
    /// <summary>Nothing but a prefix that all names of the body share.</summary>
    public static CheckpointNaming Plain { get; } = new();

    /// <summary>
    /// Decoders that are also the text model of multimodal files, with the heads that transformers puts on them; the body of
    /// LlamaForQuestionAnswering and its like is called "transformer".
    /// </summary>
    public static CheckpointNaming Decoder { get; } =
        new()
        {
            Wrappers = new([
                "language_model.",
                "language_model.model.",
                "model.language_model.",
                "model.text_model.",
                "text_model.",
                "transformer.",
            ]),
            Unread = new([
                "lm_head.*",
                "score.*",
                "classifier.*",
                "qa_outputs.*",
                "vision_tower.*",
                "model.vision_tower.*",
                "vision_model.*",
                "model.vision_model.*",
                "visual.*",
                "model.visual.*",
                "audio_tower.*",
                "model.audio_tower.*",
                "multi_modal_projector.*",
                "model.multi_modal_projector.*",
                "model.connector.*",
                "mtp.*",
            ]),
        };

    /// <summary>Decoders of one class each, with the heads that transformers puts on them.</summary>
    public static CheckpointNaming PlainDecoder { get; } = new() { Unread = new(["lm_head.*", "score.*", "classifier.*", "qa_outputs.*"]) };

    /// <summary>
    /// What the names of the body's tensors begin with, its dot included; null for the first part that all of them share, which is
    /// what transformers calls <c>base_model_prefix</c>.
    /// </summary>
    public string? BasePrefix { get; init; }

    /// <summary>What files of several models have before the names of this one.</summary>
    public EquatableArray<string> Wrappers { get; init; } = EquatableArray<string>.Empty;

    /// <summary>
    /// Modules that a file may hold and the model does not have, such as the heads of other classes and the towers of multimodal
    /// files: prefixes with a <c>*</c> behind them. One under which the model reads anything does not count.
    /// </summary>
    public EquatableArray<string> Unread { get; init; } = EquatableArray<string>.Empty;

    /// <summary>Tensors that a file may hold several times: any stands for all, and all must be equal.</summary>
    public EquatableArray<TensorCopies> Copies { get; init; } = EquatableArray<TensorCopies>.Empty;

    /// <summary>Tensors that are zeros where a file does not hold them.</summary>
    public EquatableArray<string> ZeroIfAbsent { get; init; } = EquatableArray<string>.Empty;

    /// <summary>Whether the token embeddings stand for an output matrix that is absent, though one that is present may differ.</summary>
    public bool EmbeddingsStandForLogits { get; init; }

    /// <summary>This naming with further modules that the model does not have.</summary>
    public CheckpointNaming With(params string[] unread) => this with { Unread = new(Unread.Concat(unread)) };
}

/// <summary>A tensor and the names under which a file may hold it again.</summary>
internal sealed record TensorCopies(string Name, EquatableArray<string> Others)
{
    public TensorCopies(string name, params string[] others)
        : this(name, new EquatableArray<string>(others)) { }
}

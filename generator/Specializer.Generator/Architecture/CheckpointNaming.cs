using System.Linq;

namespace Specializer.Generator.Architecture;

/// <summary>
/// The variations of a family's tensor names between checkpoints; transformers loads a class from the file of another one.
/// </summary>
internal sealed record CheckpointNaming
{
    /// <summary>No variation except a common prefix of all names of the body.</summary>
    public static CheckpointNaming Plain { get; } = new();

    /// <summary>
    /// The naming of decoders that are also the text model of multimodal files, with the heads that transformers adds. The body
    /// of LlamaForQuestionAnswering and similar classes is named "transformer".
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

    /// <summary>The naming of decoders of one class each, with the heads that transformers adds.</summary>
    public static CheckpointNaming PlainDecoder { get; } = new() { Unread = new(["lm_head.*", "score.*", "classifier.*", "qa_outputs.*"]) };

    /// <summary>
    /// The common prefix of the body's tensor names, including its dot. Null means the first part that all of them share, which
    /// transformers calls <c>base_model_prefix</c>.
    /// </summary>
    public string? BasePrefix { get; init; }

    /// <summary>The prefixes that files of several models have before the names of this one.</summary>
    public EquatableArray<string> Wrappers { get; init; } = EquatableArray<string>.Empty;

    /// <summary>
    /// The modules that a file may contain and the model does not have, such as heads of other classes and towers of multimodal
    /// files. They are prefixes followed by <c>*</c>. A module of which the model reads any tensor does not count.
    /// </summary>
    public EquatableArray<string> Unread { get; init; } = EquatableArray<string>.Empty;

    /// <summary>Tensors that a file may contain several times: any one is sufficient, and all must be equal.</summary>
    public EquatableArray<TensorCopies> Copies { get; init; } = EquatableArray<TensorCopies>.Empty;

    /// <summary>Tensors that are zero if a file does not contain them.</summary>
    public EquatableArray<string> ZeroIfAbsent { get; init; } = EquatableArray<string>.Empty;

    /// <summary>Whether the token embeddings replace an absent output matrix, although a present one may differ.</summary>
    public bool EmbeddingsStandForLogits { get; init; }

    /// <summary>The way in which a declaration chooses between tied embeddings and a separate output matrix.</summary>
    public OutputMatrixChoice OutputMatrixChoice { get; init; }

    /// <summary>
    /// Whether a file may contain separate projections fused, or a fused projection separate, under the usual name in the same module.
    /// </summary>
    public bool ProjectionsVary { get; init; }

    /// <summary>Returns this naming with further modules that the model does not have.</summary>
    public CheckpointNaming With(params string[] unread) => this with { Unread = new(Unread.Concat(unread)) };
}

/// <summary>A tensor and the other names under which a file may contain it.</summary>
internal sealed record TensorCopies(string Name, EquatableArray<string> Others)
{
    public TensorCopies(string name, params string[] others)
        : this(name, new EquatableArray<string>(others)) { }
}

using System.Collections.Generic;

namespace Specializer;

/// <summary>
/// The variations of tensor names between checkpoints of a model, and the tensors that a checkpoint may contain in addition.
/// </summary>
/// <remarks>
/// The rules are those by which transformers loads a class from the checkpoint of another class. The prefix of the body can be
/// absent, and a wrapper of several models adds a prefix. Old checkpoints use gamma and beta for the weight and bias of a norm.
/// </remarks>
public sealed class TensorNaming
{
    /// <summary>
    /// The common prefix of the names of the body's tensors, including its dot, such as <c>model.</c>; empty if there is none. A
    /// checkpoint has it once, not at all, or twice; the variant that matches most tensors is used.
    /// </summary>
    public string BasePrefix { get; init; } = "";

    /// <summary>
    /// Prefixes that a checkpoint of several models can have before the names of this one, such as <c>language_model.</c>.
    /// </summary>
    public IReadOnlyList<string> Wrappers { get; init; } = [];

    /// <summary>
    /// The names of tensors that may be present, with any type and shape, and are not read.
    /// <see cref="TensorRequirement.LayerMark"/>, at most once, matches any number; <c>*</c> at the end matches any suffix;
    /// <c>*.</c> at the beginning matches any leading parts, or none.
    /// </summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>The name of the output matrix, used in messages about tied embeddings; empty if the model has none.</summary>
    public string OutputMatrix { get; init; } = "";

    /// <summary>The way in which a declaration unties the output matrix. Messages suggest only this way.</summary>
    public OutputMatrixChoice OutputMatrixChoice { get; init; }
}

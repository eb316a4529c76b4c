using System.Collections.Generic;

namespace Specializer;

/// <summary>How the names of a model's tensors vary from one checkpoint to another, and which tensors a checkpoint may hold besides.</summary>
/// <remarks>
/// The rules are those by which transformers loads a class from the checkpoint of another: the prefix of the body may be
/// absent, a wrapper of several models adds one of its own, and old checkpoints say gamma and beta for the weight and bias of a norm.
/// </remarks>
public sealed class TensorNaming
{
    /// <summary>
    /// What the names of all tensors of the body begin with, its dot included, such as <c>model.</c>; empty if they share nothing.
    /// A checkpoint has it once, not at all, or twice: whichever finds most of the tensors.
    /// </summary>
    public string BasePrefix { get; init; } = "";

    /// <summary>What a checkpoint of several models may have before the names of this one, such as <c>language_model.</c>.</summary>
    public IReadOnlyList<string> Wrappers { get; init; } = [];

    /// <summary>
    /// The names of tensors that may be present, with any type and shape, and are not read. <see cref="TensorRequirement.LayerMark"/>,
    /// at most once, stands for any number; <c>*</c> at the end for any rest; <c>*.</c> at the beginning for any parts before, or none.
    /// </summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>The name of the output matrix, which messages about tied embeddings mention; empty if the model has none.</summary>
    public string OutputMatrix { get; init; } = "";
}

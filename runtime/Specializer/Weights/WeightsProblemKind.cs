namespace Specializer;

/// <summary>What is wrong with weights.</summary>
public enum WeightsProblemKind
{
    /// <summary>The file does not exist or cannot be read.</summary>
    Unreadable,

    /// <summary>The contents are not a valid safetensors file.</summary>
    Malformed,

    /// <summary>A tensor that the model needs is not there.</summary>
    MissingTensor,

    /// <summary>A tensor has another shape than the model needs.</summary>
    WrongShape,

    /// <summary>The elements of a tensor have a type that no model reads.</summary>
    UnsupportedElementType,

    /// <summary>There is a tensor that the model does not know.</summary>
    UnexpectedTensor,

    /// <summary>A weight is too large, or no number, for the type in which the model holds its weights.</summary>
    WeightOutOfRange,

    /// <summary>A file of packed weights was written for another model, instruction set or version.</summary>
    PackedForAnother,

    /// <summary>Two tensors that the model has as one, such as tied embeddings and a stored output matrix, hold different elements.</summary>
    CopiesDiffer,
}

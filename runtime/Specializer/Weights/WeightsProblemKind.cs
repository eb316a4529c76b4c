namespace Specializer;

/// <summary>Specifies the kind of a problem of weights.</summary>
public enum WeightsProblemKind
{
    /// <summary>The file does not exist or cannot be read.</summary>
    Unreadable,

    /// <summary>The contents are not a valid safetensors file.</summary>
    Malformed,

    /// <summary>A required tensor is missing.</summary>
    MissingTensor,

    /// <summary>The shape of a tensor is not the required one.</summary>
    WrongShape,

    /// <summary>The elements of a tensor have an unsupported type.</summary>
    UnsupportedElementType,

    /// <summary>The file contains a tensor that the model does not have.</summary>
    UnexpectedTensor,

    /// <summary>A weight is too large for the storage type of the model, or is not a number.</summary>
    WeightOutOfRange,

    /// <summary>A file of packed weights was written for another model, instruction set or version.</summary>
    PackedForAnother,

    /// <summary>
    /// Two tensors that the model shares, such as tied embeddings and a stored output matrix, have different elements.
    /// </summary>
    CopiesDiffer,
}

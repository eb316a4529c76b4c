namespace Specializer;

/// <summary>How a checkpoint keeps the query, key and value projections.</summary>
public enum QueryKeyValueStorage
{
    /// <summary>In three tensors.</summary>
    Separate,

    /// <summary>In one tensor: the rows of all queries, then all keys, then all values (GPT-2, Phi-3, MPT).</summary>
    Concatenated,

    /// <summary>In one tensor: for each key/value head the rows of its query heads, of its key and of its value (GPT-NeoX, BLOOM, Falcon).</summary>
    PerKeyValueHead,
}

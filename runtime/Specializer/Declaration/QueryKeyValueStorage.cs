#if GENERATOR
namespace Specializer.Generator.Architecture;

#else
namespace Specializer;

#endif

/// <summary>Specifies how a checkpoint stores the query, key and value projections.</summary>
#if GENERATOR
internal
#else
public
#endif
enum QueryKeyValueStorage
{
    /// <summary>Three tensors.</summary>
    Separate,

    /// <summary>One tensor with the rows of all queries, then all keys, then all values (GPT-2, Phi-3, MPT).</summary>
    Concatenated,

    /// <summary>
    /// One tensor that contains, for each key/value head, the rows of its query heads, of its key and of its value (GPT-NeoX,
    /// BLOOM, Falcon).
    /// </summary>
    PerKeyValueHead,
}

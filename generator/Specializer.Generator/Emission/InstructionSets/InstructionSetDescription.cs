using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;

namespace Specializer.Generator.Emission.InstructionSets;

/// <summary>
/// What an instruction set can do and how its operations are spelled. The shape of a kernel is written once and asks
/// this description for the words; to add an instruction set is to describe it.
/// </summary>
internal abstract class InstructionSetDescription
{
    /// <summary>All of them, the widest first and last the one that runs everywhere.</summary>
    public static IReadOnlyList<InstructionSetDescription> All { get; } = [new Avx512(), new Avx2(), new Neon(), new Portable()];

    /// <summary>Those that a model is generated for: the ones with the given names and the portable one, or all if there are no names.</summary>
    public static IReadOnlyList<InstructionSetDescription> Chosen(IReadOnlyCollection<string> names) =>
        names.Count == 0 ? All : [.. All.Where(isa => isa is Portable || names.Contains(isa.Name))];

    /// <summary>The names in a list with commas; none if all are meant. What is no name is for the build to say.</summary>
    public static IEnumerable<string> Names(string list)
    {
        string[] given = [.. list.Split(',').Select(static name => name.Trim())];
        string[] known = [.. All.Select(static isa => isa.Name).Where(name => given.Contains(name, StringComparer.OrdinalIgnoreCase))];
        return known.Length == All.Count ? [] : known;
    }

    /// <summary>Its name, a member of <c>Specializer.InstructionSet</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, in words.</summary>
    public abstract string Summary { get; }

    /// <summary>Floats in a vector.</summary>
    public abstract int Lanes { get; }

    /// <summary>The class with the operations on its vectors: "Vector512".</summary>
    public abstract string VectorClass { get; }

    /// <summary>
    /// The most rows of a register tile that is <see cref="PanelVectors"/> vectors wide: as many as leave registers for
    /// the weights and a broadcast value (at most 28 vectors live of 32 registers, 14 of 16).
    /// </summary>
    public abstract int TileRows { get; }

    /// <summary>
    /// Tiles exist for every height up to this one and for <see cref="TileRows"/>; any number of rows is cut into such.
    /// From four rows on a tile has enough independent sums to keep the multipliers busy, so the heights between cost code and win nothing.
    /// </summary>
    public virtual int SmallTileRows => TileRows;

    /// <summary>
    /// The widest register tile in vectors. A tile wider than a panel has fewer rows and takes fewer broadcasts for the
    /// same multiplications, where there are registers for the weights beside as many sums.
    /// </summary>
    public virtual int WidestTile => PanelVectors;

    /// <summary>The widest tile of a single row in vectors: as many sums as a whole tile has; every weight is used once, and needs no register.</summary>
    public int WidestRow => TileRows * PanelVectors;

    /// <summary>The most rows of a tile of a width in vectors.</summary>
    public int TileRowsOf(int vectors) => vectors <= PanelVectors ? TileRows : TileRows * PanelVectors / vectors;

    /// <summary>
    /// How many depths a turn of a tile's loop multiplies: one where the multiplications of one depth take longer than the
    /// loop's own instructions, more where vectors are short and these would count.
    /// </summary>
    public virtual int DepthsPerTurn => 1;

    /// <summary>Whether linear layers and scores take two panels side by side.</summary>
    public bool TakesPairs => WidestTile >= 2 * PanelVectors;

    /// <summary>
    /// Query rows of a head that pass over the keys and values together, whole tiles of them: every block of the cache
    /// comes from memory once for all.
    /// </summary>
    public int QueryRows => 24 / TileRows * TileRows;

    /// <summary>Panels that one row is multiplied with side by side: memory serves several streams faster than one.</summary>
    public int StreamPanels => 4;

    /// <summary>Namespaces that the kernels use.</summary>
    public virtual IReadOnlyList<string> Namespaces => ["System.Runtime.Intrinsics"];

    /// <summary>Vectors of a panel of packed weights, of keys, and of a column of tiles.</summary>
    public int PanelVectors => 2;

    /// <summary>Floats of a panel.</summary>
    public int PanelWidth => PanelVectors * Lanes;

    /// <summary>The type of a vector.</summary>
    public string Vector => VectorClass + "<float>";

    /// <summary>The type of a vector of words, in each of which two weights of 16 bits lie.</summary>
    public string WordVector => VectorClass + "<uint>";

    /// <summary>Whether a multiplication takes one lane of a vector as its factor, so that values need not be broadcast one by one.</summary>
    public virtual bool MultipliesByLane => false;

    /// <summary>Gets the operations on vectors as wide as the registers.</summary>
    public Vectors Vectors => new(this, Lanes);

    /// <summary>Gets whether the instruction set multiplies and adds in one operation with one rounding.</summary>
    public virtual bool Fuses => true;

    /// <summary>
    /// How an operation is written that every instruction set has under a name of its own; {0} to {2} are its operands, the
    /// numbers that are part of the instruction follow.
    /// </summary>
    public virtual string Spelling(IntrinsicOp op) => throw new NotSupportedException($"{Name} has no {op}.");

    /// <summary>sum + a · b, fused where the instruction set can.</summary>
    public abstract string MultiplyAdd(string sum, string a, string b);

    /// <summary>sum + a · (lane of b).</summary>
    public virtual string MultiplyAddLane(string sum, string a, string b, int lane) =>
        throw new NotSupportedException(Name + " does not multiply by lane.");

    /// <summary>Whether it has an operation that takes elements in turn from two vectors of 128 bits.</summary>
    public virtual bool Interleaves => false;

    /// <summary>The lower, or upper, halves of two vectors of 128 bits, an element of the first and one of the second in turn.</summary>
    public virtual string Interleave(string a, string b, bool upper) => throw new NotSupportedException(Name + " does not interleave.");

    /// <summary>Whether it can ask for cache lines ahead of their use.</summary>
    public virtual bool Prefetches => false;

    /// <summary>Whether a row alone asks for weights of 16 bits ahead: of these its loop has fewer bytes under way than of float32.</summary>
    public virtual bool StreamAsksForNarrowWeights => Prefetches;

    /// <summary>Whether weighed values are asked for ahead.</summary>
    public virtual bool ValuesAskAhead => Prefetches;

    /// <summary>A statement that brings a cache line to the first level, or only closer.</summary>
    public virtual string Prefetch(string address, bool toFirstLevel) => throw new NotSupportedException(Name + " does not prefetch.");

    public string Zero => Vector + ".Zero";

    public string Load(string address) => VectorClass + ".Load(" + address + ")";

    // The type is said although the compiler would find it: that spares it a choice among thirty methods.
    public string Broadcast(string value) => VectorClass + ".Create<float>(" + value + ")";
}

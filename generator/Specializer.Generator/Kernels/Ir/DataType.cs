namespace Specializer.Generator.Kernels.Ir;

/// <summary>The type of an element of a value in a kernel.</summary>
internal enum Element
{
    Void,
    Bool,

    /// <summary>A signed byte; only in vectors, because a kernel reads single bytes from words.</summary>
    SByte,

    /// <summary>A signed integer of 16 bits; only in vectors.</summary>
    Short,
    Int,
    NInt,
    UInt,
    Float,
    Double,
}

/// <summary>The type of a value in a kernel: an element, a vector of elements, or a pointer to either.</summary>
/// <param name="Element">The type of an element.</param>
/// <param name="Lanes">The number of elements in a vector; 1 for a scalar.</param>
/// <param name="IsPointer">Whether the value is the address of such elements or vectors.</param>
internal readonly record struct DataType(Element Element, int Lanes = 1, bool IsPointer = false)
{
    public static DataType Void => new(Element.Void);

    public static DataType Bool => new(Element.Bool);

    public static DataType Int => new(Element.Int);

    public static DataType NInt => new(Element.NInt);

    public static DataType UInt => new(Element.UInt);

    public static DataType Float => new(Element.Float);

    public static DataType Double => new(Element.Double);

    /// <summary>Gets the number of bytes of an element.</summary>
    private int ElementBytes =>
        Element switch
        {
            Element.SByte => 1,
            Element.Short => 2,
            _ => 4,
        };

    /// <summary>Gets the number of 32-bit words of a value, or of the value that a pointer addresses: the lanes of most vectors.</summary>
    public int Words => Lanes == 1 ? 1 : Lanes * ElementBytes / 4;

    /// <summary>Gets whether the value is a vector.</summary>
    public bool IsVector => Lanes > 1 && !IsPointer;

    /// <summary>Gets the type of the address of such a value.</summary>
    public DataType Pointer => this with { IsPointer = true };

    /// <summary>Gets the type of the value at such an address.</summary>
    public DataType Target => this with { IsPointer = false };

    /// <summary>Gets the type of a vector with the same lanes and other elements.</summary>
    public DataType Of(Element element) => this with { Element = element };

    /// <summary>Returns the type in words. The text of a record would contain those of pointers to it, without an end.</summary>
    public override string ToString() => $"{Element} x {Lanes}{(IsPointer ? "*" : "")}";
}

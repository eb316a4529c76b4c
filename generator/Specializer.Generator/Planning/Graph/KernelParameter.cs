namespace Specializer.Generator.Planning;

/// <summary>Specifies the type of a kernel parameter.</summary>
internal enum ParameterType
{
    /// <summary>A number of elements, a position, a worker.</summary>
    Integer,

    /// <summary>A factor.</summary>
    Float,

    /// <summary>A block of memory with integers.</summary>
    Integers,

    /// <summary>A block of memory with floats.</summary>
    Floats,
}

/// <summary>A parameter of a kernel.</summary>
/// <param name="Name">Its name inside the kernel.</param>
/// <param name="Type">Its type.</param>
internal sealed record KernelParameter(string Name, ParameterType Type);

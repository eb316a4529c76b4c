using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;

namespace Specializer.Generator.Kernels.Targets;

/// <summary>Builds accesses to as many floats at a time as divide a row: a vector, or a single float where no vector does.</summary>
/// <param name="target">The target.</param>
/// <param name="lanes">The number of floats.</param>
internal readonly struct Elements(InstructionSetDescription target, int lanes)
{
    private const int NarrowestVector = 4;

    private readonly Vectors _vectors = new(target, lanes);

    /// <summary>Gets the number of floats that are accessed at a time.</summary>
    public int Count => lanes;

    /// <summary>Gets the type of their value.</summary>
    public DataType Type => new(Element.Float, lanes);

    /// <summary>Gets a value of zeros.</summary>
    public Expr Zero => IsScalar ? 0 : _vectors.Zero;

    private bool IsScalar => lanes == 1;

    /// <summary>The widest vectors of which a number of floats is a multiple; single floats if there are none.</summary>
    public static Elements Dividing(int count, InstructionSetDescription target)
    {
        int lanes = target.Lanes;
        while (lanes >= NarrowestVector && count % lanes != 0)
        {
            lanes /= 2;
        }

        return new(target, lanes < NarrowestVector ? 1 : lanes);
    }

    public Expr Load(Expr pointer, Expr index) => IsScalar ? pointer[index] : _vectors.Load(pointer.At(index));

    public void Store(CodeBuilder code, Expr value, Expr pointer, Expr index)
    {
        if (IsScalar)
        {
            code.Set(pointer[index], value);
        }
        else
        {
            code.Store(value, pointer.At(index));
        }
    }

    /// <summary>A value all of whose floats are one number.</summary>
    public Expr Broadcast(Expr value) => IsScalar ? value : _vectors.Broadcast(value);

    /// <summary>The sum of all floats of a value.</summary>
    public Expr Sum(Expr value) => IsScalar ? value : _vectors.Sum(value);
}

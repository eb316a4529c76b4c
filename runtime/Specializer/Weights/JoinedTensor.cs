using System;
using System.Collections.Generic;

namespace Specializer;

/// <summary>A tensor that a checkpoint holds in another form: in parts, or among the rows of a whole.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Pieces">What it is made of; together they fill it.</param>
internal sealed record JoinedTensor(string Name, long[] Shape, IReadOnlyList<TensorPiece> Pieces)
{
    /// <summary>Copies the pieces, as 32-bit floats, into memory that lives as long as a view of it.</summary>
    public unsafe TensorView Read()
    {
        long elements = 1;
        foreach (long dimension in Shape)
        {
            elements = checked(elements * dimension);
        }

        float[] contents = new float[elements];
        foreach (TensorPiece piece in Pieces)
        {
            piece.CopyTo(contents);
        }

        // Groups of rows are too short to let go of one by one.
        string last = "";
        foreach (TensorPiece piece in Pieces)
        {
            if (piece.View.Name != last)
            {
                piece.View.LetGo(0, piece.View.ElementCount);
                last = piece.View.Name;
            }
        }

        PinnedBytes memory = new(contents);
        return new TensorView(Name, TensorElementType.Float32, Shape, (byte*)memory.DangerousGetHandle(), memory);
    }

    /// <summary>A tensor of zeros.</summary>
    public static TensorView Zeros(string name, long[] shape) => new JoinedTensor(name, shape, []).Read();
}

using System;
using System.Collections.Generic;

namespace Specializer;

/// <summary>A tensor that a checkpoint stores in another form: in parts, or as rows of a whole.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="Shape">The shape.</param>
/// <param name="Pieces">The pieces that together cover the tensor.</param>
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

        // Groups of rows are too short to be released one at a time.
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

    /// <summary>Returns a tensor of zeros.</summary>
    public static TensorView Zeros(string name, long[] shape) => new JoinedTensor(name, shape, []).Read();
}

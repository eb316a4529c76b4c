using System;
using System.Runtime.CompilerServices;

namespace Specializer.CompilerServices;

/// <content>
/// The inputs that an encoder processes together. Their rows fill one chunk, so that linear layers read their weights once for all
/// of them. Attention processes input by input, each with its own positions of the keys and values. The results are the same bits.
/// </content>
public abstract unsafe partial class SessionEngine
{
    /// <summary>The widest panel of keys: the keys of an input begin at a multiple of it.</summary>
    private const int KeyPanel = 32;

    private readonly int _rowsTogether;
    private readonly int _positionsTogether;
    private readonly EncodedInput[] _inputs = [];

    /// <summary>Allocates the memory of a session that encodes several short inputs together.</summary>
    /// <param name="model">The model that owns the weights.</param>
    /// <param name="memoryBytes">The bytes of states, caches and activations.</param>
    /// <param name="rowsTogether">The largest number of rows of several inputs: those of one chunk.</param>
    /// <param name="positionsTogether">The number of positions that the keys and values of a layer have.</param>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InsufficientMemoryException">The system does not grant that much memory.</exception>
    protected SessionEngine(TransformerModel model, long memoryBytes, int rowsTogether, int positionsTogether)
        : this(model, memoryBytes)
    {
        _rowsTogether = rowsTogether;
        _positionsTogether = positionsTogether;
        _inputs = new EncodedInput[Math.Min(rowsTogether, positionsTogether / KeyPanel)];
    }

    /// <summary>Gets the number of inputs that are encoded together. With several, all their rows are in one chunk.</summary>
    protected int EncodedInputs { get; private set; } = 1;

    /// <summary>Returns the place of an input among those that are encoded together.</summary>
    /// <param name="index">The index of the input, less than <see cref="EncodedInputs"/>.</param>
    /// <param name="rows">The number of rows of the chunk, all of which belong to a single input.</param>
    /// <remarks>Never inlined: .NET 10 can compute wrong addresses where such a choice is inlined into a loop over layers.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    protected EncodedInput InputAt(int index, int rows) => EncodedInputs == 1 ? new EncodedInput(0, rows, Length, 0, 0) : _inputs[index];

    /// <summary>Chooses the inputs that are encoded next: as many as fit one chunk and the cache, or one that is longer.</summary>
    /// <param name="input">All inputs.</param>
    /// <param name="first">The first that is not yet encoded.</param>
    private void ChooseInputs(in TokenInput input, int first)
    {
        int count = 0,
            rows = 0,
            positions = 0;

        // An observer expects the states of one input at a time.
        int most = EncodedStates is null ? Math.Min(_inputs.Length, input.Sequences - first) : 0;
        while (count < most)
        {
            int length = input.LengthOf(first + count),
                taken = (length + KeyPanel - 1) / KeyPanel * KeyPanel;
            if (rows + length > _rowsTogether || positions + taken > _positionsTogether)
            {
                break;
            }

            _inputs[count] = new EncodedInput(rows, length, length, count * input.Longest, positions);
            rows += length;
            positions += taken;
            count++;
        }

        EncodedInputs = Math.Max(1, count);
        Length = count > 1 ? rows : input.LengthOf(first);
    }

    /// <summary>Returns the row of the padded inputs to which a row of the chunk belongs.</summary>
    /// <param name="row">The row.</param>
    /// <param name="index">The input from which the search starts; receives the input of the row.</param>
    private int PaddedRow(int row, ref int index)
    {
        if (EncodedInputs == 1)
        {
            return row;
        }

        while (row >= _inputs[index].FirstRow + _inputs[index].Rows)
        {
            index++;
        }

        return _inputs[index].FirstToken + row - _inputs[index].FirstRow;
    }
}

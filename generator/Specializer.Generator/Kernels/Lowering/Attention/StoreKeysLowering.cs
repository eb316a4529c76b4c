using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>Lowers the transposition of the keys of one head into a panel: those of four positions together, or those of one.</summary>
internal sealed class StoreKeysLowering
{
    /// <summary>The positions whose keys are transposed together: as many as a vector of 128 bits has lanes.</summary>
    public const int Together = 4;

    private readonly CodeBuilder _code = new();
    private readonly InstructionSetDescription _target;
    private readonly Vectors _vectors;
    private readonly AttentionKernel _kernel;
    private readonly Variable _source;
    private readonly Variable _stride;
    private readonly Variable _panel;
    private readonly Variable _count;

    private StoreKeysLowering(AttentionKernel kernel, InstructionSetDescription target)
    {
        _kernel = kernel;
        _target = target;
        _vectors = new(target, Together);
        _source = _code.Pointer("source");
        _stride = _code.Parameter("stride", DataType.NInt);
        _panel = _code.Pointer("panel");
        _count = _code.Int("count");
    }

    public static string Name(AttentionKernel kernel) => "StoreKeys" + Names.Number(kernel.Attention.HeadDim);

    public static KernelMethod Lower(AttentionKernel kernel, InstructionSetDescription target) =>
        new StoreKeysLowering(kernel, target).Lower();

    private KernelMethod Lower()
    {
        int width = _kernel.Attention.HeadDim,
            transposed = _target.Interleaves ? width / Together * Together : 0;
        _code.If(
            _count.Is(1),
            () =>
            {
                _code.For("i", 0, width, 1, i => _code.Set(_panel[i * _target.PanelWidth], _source[i]));
                _code.Return();
            }
        );
        if (transposed > 0)
        {
            _code.For("i", 0, transposed, Together, Transpose);
        }

        if (transposed < width)
        {
            _code.For("i", DataType.Int, transposed, width, 1, Gather);
        }

        return _code.Method(
            Name(_kernel),
            comment: $"Stores the keys of one position or of four, 'stride' floats apart, as columns of a panel of {width} rows of {_target.PanelWidth}."
        );
    }

    /// <summary>Interleaves the elements of keys 0 and 2, and of 1 and 3; then interleaves the results.</summary>
    private void Transpose(Variable i)
    {
        Variable[] keys =
        [
            .. Enumerable
                .Range(0, Together)
                .Select(row => _code.Let("key" + row, _vectors.Load((row == 0 ? _source : _source.At(row * _stride)) + i))),
        ];
        Variable even = _code.Let("lower02", _vectors.InterleaveLower(keys[0], keys[2])),
            odd = _code.Let("lower13", _vectors.InterleaveLower(keys[1], keys[3]));
        StoreElements(i, 0, even, odd);
        even = _code.Let("upper02", _vectors.InterleaveUpper(keys[0], keys[2]));
        odd = _code.Let("upper13", _vectors.InterleaveUpper(keys[1], keys[3]));
        StoreElements(i, 2, even, odd);
    }

    /// <summary>Stores an element of all keys, and the next one.</summary>
    private void StoreElements(Variable i, int element, Variable even, Variable odd)
    {
        _code.Store(_vectors.InterleaveLower(even, odd), Place(i + element));
        _code.Store(_vectors.InterleaveUpper(even, odd), Place(i + (element + 1)));
    }

    /// <summary>Stores an element of all keys where the target does not interleave, or fewer than four elements are left.</summary>
    private void Gather(Variable i) =>
        _code.Store(_vectors.Create(_source[i], _source[i + _stride], _source[i + (2 * _stride)], _source[i + (3 * _stride)]), Place(i));

    private Expr Place(Expr element) => _panel.At(element * _target.PanelWidth);
}

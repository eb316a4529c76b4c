using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>The vector functions that kernels call; each is lowered once per target, and only if it is called.</summary>
internal sealed class RequiredFunctions
{
    private readonly SortedSet<Activation> _activations = [];
    private bool _exponential;
    private bool _powerOfTwo;
    private bool _hyperbolicTangent;

    /// <summary>The functions that kernels call.</summary>
    public static RequiredFunctions Of(IEnumerable<Kernel> kernels)
    {
        var functions = new RequiredFunctions();
        foreach (Kernel kernel in kernels)
        {
            switch (kernel)
            {
                case LinearKernel { Epilogue: var epilogue }:
                    functions._hyperbolicTangent |= epilogue.SoftCap > 0;
                    if (epilogue.Activation is { } activation)
                    {
                        functions._activations.Add(activation);
                    }

                    break;
                case ProbeKernel:
                    functions._exponential = true;
                    break;
                case AttentionKernel { Attention: var attention }:
                    functions._exponential |= attention.IsLinear;
                    functions._powerOfTwo |= !attention.IsLinear;
                    functions._hyperbolicTangent |= attention.SoftCap > 0;
                    break;
            }
        }

        return functions;
    }

    /// <summary>eˣ for x up to 88.37626.</summary>
    public Expr Exponential(Expr x)
    {
        _exponential = true;
        return Call("Exponential", x);
    }

    /// <summary>2ˣ for x up to 127.</summary>
    public Expr PowerOfTwo(Expr x)
    {
        _powerOfTwo = true;
        return Call("PowerOfTwo", x);
    }

    public Expr HyperbolicTangent(Expr x)
    {
        _hyperbolicTangent = true;
        return Call("HyperbolicTangent", x);
    }

    public Expr Activation(Activation activation, Expr x)
    {
        _activations.Add(activation);
        return Call(activation.ToString(), x);
    }

    /// <summary>Lowers the functions that were called, and those that these call.</summary>
    public IReadOnlyList<KernelMethod> Lower(InstructionSetDescription target)
    {
        Vectors vectors = target.Vectors;
        var methods = _activations.Select(activation => Activations.Lower(activation, vectors, this)).ToList();
        if (_exponential)
        {
            methods.Add(ElementaryFunctions.Exponential(vectors));
        }

        if (_powerOfTwo)
        {
            methods.Add(ElementaryFunctions.PowerOfTwo(vectors));
        }

        if (_hyperbolicTangent)
        {
            methods.Add(ElementaryFunctions.HyperbolicTangent(vectors));
        }

        return methods;
    }

    private static MethodCall Call(string function, Expr x) => new(x.Type, function, null, [x]);
}

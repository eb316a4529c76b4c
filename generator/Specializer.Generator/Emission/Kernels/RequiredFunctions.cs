using System.Collections.Generic;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>The vector functions that kernels ask for; each is written once per instruction set, and only if asked for.</summary>
internal sealed class RequiredFunctions
{
    private readonly SortedSet<ActivationFunction> _activations = [];

    public bool Exponential { get; private set; }

    public bool PowerOfTwo { get; private set; }

    public IEnumerable<ActivationFunction> Activations => _activations;

    public bool HyperbolicTangent { get; private set; }

    public void RequireExponential() => Exponential = true;

    public void RequirePowerOfTwo() => PowerOfTwo = true;

    public void RequireHyperbolicTangent() => HyperbolicTangent = true;

    public void Require(ActivationFunction activation)
    {
        _activations.Add(activation);
        HyperbolicTangent |= activation == ActivationFunction.Tanh;
        Exponential |= activation is ActivationFunction.Silu or ActivationFunction.GeluTanh or ActivationFunction.GeluQuick;
    }
}

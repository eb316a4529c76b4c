using System;
using System.Collections.Generic;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Builds the statements of a method that has parameters of a kernel's signature.</summary>
internal class SignatureCode : CodeBuilder
{
    private readonly Dictionary<KernelParameter, Variable> _parameters = [];

    /// <summary>Gets the variable of one of the signature's parameters.</summary>
    public Variable this[KernelParameter parameter] => _parameters[parameter];

    /// <summary>Adds a parameter of the signature.</summary>
    protected void AddParameter(KernelParameter parameter) => _parameters.Add(parameter, Parameter(parameter.Name, TypeOf(parameter.Type)));

    protected static DataType TypeOf(ParameterType type) =>
        type switch
        {
            ParameterType.Integer => DataType.Int,
            ParameterType.Float => DataType.Float,
            ParameterType.Integers => DataType.Int.Pointer,
            ParameterType.Floats => DataType.Float.Pointer,
            _ => throw new NotSupportedException(type.ToString()),
        };
}

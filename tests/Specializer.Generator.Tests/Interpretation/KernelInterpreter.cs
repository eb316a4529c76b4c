using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Kernels.Ir;

namespace Specializer.Generator.Tests.Interpretation;

/// <summary>
/// Runs the methods of kernels as the IR states them, for any target on any machine. Each operation rounds as the target's
/// does; every access to memory is checked.
/// </summary>
/// <param name="methods">All methods of a target.</param>
/// <param name="layerConstant">The value of a constant of a layer's type.</param>
internal sealed class KernelInterpreter(IEnumerable<KernelMethod> methods, Func<string, string, long> layerConstant)
{
    private readonly Dictionary<string, KernelMethod> _methods = methods.ToDictionary(static method => method.Name);
    private readonly Dictionary<string, CompiledMethod> _compiled = [];

    /// <summary>Gets the memory of the kernels.</summary>
    public KernelMemory Memory { get; } = new();

    public long LayerConstant(string layer, string name) => layerConstant(layer, name);

    /// <summary>Runs a method.</summary>
    /// <param name="method">Its name.</param>
    /// <param name="arguments">Integers, addresses, or floats.</param>
    /// <returns>Its result if that is an integer.</returns>
    public long Run(string method, params object[] arguments)
    {
        CompiledMethod compiled = Compiled(method);
        var frame = new Frame(compiled.SlotCount, null);
        for (int i = 0; i < arguments.Length; i++)
        {
            int slot = compiled.Parameters[i];
            switch (arguments[i])
            {
                case float number:
                    frame.Numbers[slot] = number;
                    break;
                default:
                    frame.Integers[slot] = Convert.ToInt64(arguments[i], System.Globalization.CultureInfo.InvariantCulture);
                    break;
            }
        }

        var result = new Frame(1, null);
        Execute(compiled, frame, result);
        return result.Integers[0];
    }

    /// <summary>Calls a method from another one.</summary>
    public void Call(string method, string? layer, Frame caller, Action<Frame, Frame, int>[] arguments, Frame result, int[] references)
    {
        CompiledMethod compiled = Compiled(method);
        var frame = new Frame(compiled.SlotCount, layer);
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i](caller, frame, compiled.Parameters[i]);
        }

        Execute(compiled, frame, result);
        for (int i = 0; i < references.Length; i++)
        {
            caller.Integers[references[i]] = frame.Integers[compiled.References[i]];
        }
    }

    private void Execute(CompiledMethod method, Frame frame, Frame result)
    {
        try
        {
            method.Body(frame, result);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidOperationException($"{method.Name}: {exception.Message}", exception);
        }

        Memory.Release(frame.StackBlocks);
    }

    private CompiledMethod Compiled(string name)
    {
        if (!_compiled.TryGetValue(name, out CompiledMethod? compiled))
        {
            compiled = new CompiledMethod(_methods[name], Memory, this);
            _compiled.Add(name, compiled);
        }

        return compiled;
    }
}

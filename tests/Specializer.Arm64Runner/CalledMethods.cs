using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Specializer.Arm64Runner;

/// <summary>
/// Finds the methods that kernels call, by their code: kernels of many models share a type, and a generic tile is compiled for each
/// layer that calls it.
/// </summary>
internal static class CalledMethods
{
    private static readonly Dictionary<int, OpCode> s_codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!)
        .ToDictionary(static code => (int)(ushort)code.Value);

    /// <summary>Returns methods and those of the same type that they call, directly or not; generic methods with their arguments.</summary>
    public static IReadOnlyCollection<MethodInfo> From(IEnumerable<MethodInfo> methods)
    {
        HashSet<MethodInfo> found = [.. methods];
        Queue<MethodInfo> unread = new(found);
        while (unread.TryDequeue(out MethodInfo? method))
        {
            foreach (MethodInfo called in Calls(method).Where(called => called.DeclaringType == method.DeclaringType && found.Add(called)))
            {
                unread.Enqueue(called);
            }
        }

        return found;
    }

    /// <summary>Compiles a method.</summary>
    public static void Compile(MethodInfo method)
    {
        if (method.IsGenericMethod)
        {
            RuntimeHelpers.PrepareMethod(
                method.GetGenericMethodDefinition().MethodHandle,
                [.. method.GetGenericArguments().Select(static argument => argument.TypeHandle)]
            );
        }
        else
        {
            RuntimeHelpers.PrepareMethod(method.MethodHandle);
        }
    }

    private static IEnumerable<MethodInfo> Calls(MethodInfo method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        Type[] arguments = method.GetGenericArguments();
        for (int at = 0; at < code.Length; )
        {
            int value = code[at++];
            if (value == 0xFE)
            {
                value = (value << 8) | code[at++];
            }

            OpCode operation = s_codes[value];
            if (operation.OperandType == OperandType.InlineMethod)
            {
                if (method.Module.ResolveMethod(BitConverter.ToInt32(code, at), null, arguments) is MethodInfo called)
                {
                    yield return called;
                }
            }

            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 * (1 + BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }
}

using System;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;

namespace Specializer.Benchmarks;

/// <summary>
/// Calls a generated kernel by the names of its parameters, so that measurements do not list the kernels of every model. Pointers
/// get the memory region with their name; the kernel determines the arguments that locate the rows.
/// </summary>
internal static unsafe class KernelBinding
{
    /// <summary>Binds a kernel that runs on rows of a sequence.</summary>
    /// <param name="kernel">The static method.</param>
    /// <param name="address">Returns the memory for the name of a parameter.</param>
    public static KernelCall Bind(MethodInfo kernel, Func<string, nint> address)
    {
        string[] arguments = ["position", "length", "rows", "worker", "workers"];
        var caller = new DynamicMethod(
            kernel.Name,
            typeof(void),
            [.. arguments.Select(static _ => typeof(int))],
            typeof(KernelBinding).Module,
            skipVisibility: true
        );
        ILGenerator code = caller.GetILGenerator();
        foreach (ParameterInfo parameter in kernel.GetParameters())
        {
            // The frames of a spectrogram are the positions here.
            int argument = Array.IndexOf(arguments, parameter.Name == "count" ? "length" : parameter.Name);
            if (argument >= 0)
            {
                code.Emit(OpCodes.Ldarg, (short)argument);
            }
            else if (parameter.ParameterType.IsPointer)
            {
                code.Emit(OpCodes.Ldc_I8, (long)address(parameter.Name!));
                code.Emit(OpCodes.Conv_U);
            }
            else
            {
                throw new NotSupportedException(
                    $"{kernel.DeclaringType}.{kernel.Name} has a parameter \"{parameter.Name}\" that the measurements do not support."
                );
            }
        }

        code.Emit(OpCodes.Call, kernel);
        if (kernel.ReturnType != typeof(void))
        {
            code.Emit(OpCodes.Pop);
        }

        code.Emit(OpCodes.Ret);
        return caller.CreateDelegate<KernelCall>();
    }

    /// <summary>Binds a kernel to rows that are the last or the first of a number of positions.</summary>
    public static Action<int, int, int> Bind(MethodInfo kernel, KernelMemory memory, int length, bool rowsAreLast)
    {
        KernelCall call = Bind(kernel, name => (nint)memory.Region(name));
        return rowsAreLast
            ? (rows, worker, workers) => call(length - rows, length, rows, worker, workers)
            : (rows, worker, workers) => call(0, length, rows, worker, workers);
    }
}

/// <summary>Calls a kernel on the memory that it is bound to.</summary>
internal delegate void KernelCall(int position, int length, int rows, int worker, int workers);

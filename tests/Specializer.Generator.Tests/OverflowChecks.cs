using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Specializer.Generator.Tests;

/// <summary>Finds the methods of an assembly whose arithmetic is checked for overflow.</summary>
internal static class OverflowChecks
{
    private static readonly Dictionary<ushort, OpCode> s_operations = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!)
        .ToDictionary(static operation => (ushort)operation.Value);

    /// <summary>The names of such methods, each with its first checked operation.</summary>
    public static IReadOnlyList<string> In(byte[] assembly)
    {
        using var file = new PEReader(ImmutableArray.Create(assembly));
        MetadataReader metadata = file.GetMetadataReader();
        var found = new List<string>();
        foreach (MethodDefinitionHandle handle in metadata.MethodDefinitions)
        {
            MethodDefinition method = metadata.GetMethodDefinition(handle);
            if (
                method.RelativeVirtualAddress != 0
                && First(file.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!) is { } operation
            )
            {
                found.Add(
                    $"{metadata.GetString(metadata.GetTypeDefinition(method.GetDeclaringType()).Name)}.{metadata.GetString(method.Name)}: {operation}"
                );
            }
        }

        return found;
    }

    private static string? First(byte[] code)
    {
        for (int i = 0; i < code.Length; )
        {
            ushort value = code[i] == 0xFE ? (ushort)(0xFE00 | code[i + 1]) : code[i];
            OpCode operation = s_operations[value];
            if (operation.Name!.Contains(".ovf", StringComparison.Ordinal))
            {
                return operation.Name;
            }

            i += operation.Size;
            i += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, i)),
                _ => 4,
            };
        }

        return null;
    }
}

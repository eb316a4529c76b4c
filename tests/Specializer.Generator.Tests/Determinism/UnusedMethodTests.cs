using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Determinism;

/// <summary>Every generated method that users cannot call is called by another one.</summary>
[Feature("determinism")]
public sealed class UnusedMethodTests
{
    [Theory]
    [InlineData("Pronunciation")]
    [InlineData("OddSizes")]
    [InlineData("Encoder")]
    [InlineData("EverythingOdd")]
    [InlineData("Tiny")]
    public void Every_method_is_called(string model)
    {
        using var file = new PEReader(ImmutableArray.Create(GeneratorRun.Assembly(Declarations.Named(model))));
        MetadataReader metadata = file.GetMetadataReader();
        HashSet<string> called = [.. Called(file, metadata)];
        string[] ofTheClass =
        [
            .. metadata
                .TypeDefinitions.SelectMany(type => metadata.GetTypeDefinition(type).GetMethods())
                .Select(metadata.GetMethodDefinition)
                .Where(method => IsInternal(method, metadata))
                .Select(method => metadata.GetString(method.Name))
                .Distinct(),
        ];
        Assert.True(ofTheClass.Length > 8);
        Assert.All(ofTheClass, name => Assert.True(called.Contains(name), name + " is never called."));
    }

    /// <summary>Private, or of a type that is not public; but not what the runtime calls, and not what overrides.</summary>
    private static bool IsInternal(MethodDefinition method, MetadataReader metadata)
    {
        TypeDefinition type = metadata.GetTypeDefinition(method.GetDeclaringType());
        bool nested = (type.Attributes & TypeAttributes.VisibilityMask) is not (TypeAttributes.Public or TypeAttributes.NestedPublic);
        bool isPrivate = (method.Attributes & MethodAttributes.MemberAccessMask) == MethodAttributes.Private;
        bool overrides =
            (method.Attributes & (MethodAttributes.Virtual | MethodAttributes.NewSlot | MethodAttributes.Static))
            == MethodAttributes.Virtual;
        string name = metadata.GetString(method.Name);
        // The compiler's own types, for constants in arrays and the like, have names that C# does not allow.
        return (nested || isPrivate)
            && !overrides
            // Facts about kernels are for tests and benchmarks, which read them by reflection.
            && metadata.GetString(type.Name) != "KernelTable"
            && !name.Contains('.', StringComparison.Ordinal)
            && !name.Contains('<', StringComparison.Ordinal)
            && !metadata.GetString(type.Name).Contains('<', StringComparison.Ordinal);
    }

    /// <summary>The names of the methods that any body refers to in a call, a new object or a function's address.</summary>
    private static IEnumerable<string> Called(PEReader file, MetadataReader metadata)
    {
        const byte Call = 0x28,
            CallVirtual = 0x6F,
            NewObject = 0x73;
        foreach (
            MethodDefinition method in metadata
                .MethodDefinitions.Select(metadata.GetMethodDefinition)
                .Where(static method => method.RelativeVirtualAddress != 0)
        )
        {
            byte[] code = file.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!;
            for (int i = 0; i + 4 < code.Length; i++)
            {
                bool address = code[i] == 0x06 && i > 0 && code[i - 1] == 0xFE;
                if (
                    (code[i] is Call or CallVirtual or NewObject || address)
                    && Name(metadata, BitConverter.ToInt32(code, i + 1)) is { } name
                )
                {
                    yield return name;
                }
            }
        }
    }

    private static string? Name(MetadataReader metadata, int token)
    {
        // The bytes after one that only looks like a call are mostly no token.
        int row = token & 0xFFFFFF;
        switch ((TableIndex)((uint)token >> 24))
        {
            case TableIndex.MethodDef when row > 0 && row <= metadata.GetTableRowCount(TableIndex.MethodDef):
                return metadata.GetString(metadata.GetMethodDefinition(MetadataTokens.MethodDefinitionHandle(row)).Name);
            case TableIndex.MethodSpec when row > 0 && row <= metadata.GetTableRowCount(TableIndex.MethodSpec):
                EntityHandle generic = metadata.GetMethodSpecification(MetadataTokens.MethodSpecificationHandle(row)).Method;
                return generic.Kind == HandleKind.MethodDefinition
                    ? metadata.GetString(metadata.GetMethodDefinition((MethodDefinitionHandle)generic).Name)
                    : null;
            default:
                return null;
        }
    }
}

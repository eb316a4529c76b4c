using System.Collections.Generic;
using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Specializer.Generator.Tests.Determinism;

/// <param name="Name">The method with its type.</param>
/// <param name="InstructionBytes">The bytes of its intermediate language.</param>
/// <param name="Locals">The number of its local variables.</param>
internal sealed record MethodSize(string Name, int InstructionBytes, int Locals)
{
    /// <summary>The sizes of all methods of an assembly that have a body.</summary>
    public static IReadOnlyList<MethodSize> Of(byte[] assembly)
    {
        var sizes = new List<MethodSize>();
        using var file = new PEReader(ImmutableArray.Create(assembly));
        MetadataReader metadata = file.GetMetadataReader();
        foreach (MethodDefinitionHandle handle in metadata.MethodDefinitions)
        {
            MethodDefinition method = metadata.GetMethodDefinition(handle);
            if (method.RelativeVirtualAddress == 0)
            {
                continue;
            }

            MethodBodyBlock body = file.GetMethodBody(method.RelativeVirtualAddress);
            string type = metadata.GetString(metadata.GetTypeDefinition(method.GetDeclaringType()).Name);
            sizes.Add(new MethodSize(type + "." + metadata.GetString(method.Name), body.GetILBytes()!.Length, CountLocals(metadata, body)));
        }

        return sizes;
    }

    private static int CountLocals(MetadataReader metadata, MethodBodyBlock body)
    {
        if (body.LocalSignature.IsNil)
        {
            return 0;
        }

        BlobReader signature = metadata.GetBlobReader(metadata.GetStandaloneSignature(body.LocalSignature).Signature);
        signature.ReadSignatureHeader();
        return signature.ReadCompressedInteger();
    }
}

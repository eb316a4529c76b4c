using System.Linq;
using Microsoft.CodeAnalysis;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Parsing;

/// <summary>What of the project as a whole changes the code that is written for it.</summary>
internal static class ProjectFacts
{
    /// <summary>A class with what its project is compiled like.</summary>
    public static ClassDeclaration Of(ClassDeclaration declaration, INamedTypeSymbol type, Compilation compilation) =>
        declaration with
        {
            ChecksOverflow = compilation.Options.CheckOverflow,
            IsUnoptimized = compilation.Options.OptimizationLevel == OptimizationLevel.Debug,
            RuntimeAlias = RuntimeAlias(type, compilation),
        };

    /// <summary>By the attribute, since a compilation finds no type by its name of which there is but an alias.</summary>
    private static string RuntimeAlias(INamedTypeSymbol type, Compilation compilation)
    {
        IAssemblySymbol? runtime = type.GetAttributes()
            .FirstOrDefault(static attribute => attribute.AttributeClass?.ToDisplayString() == DeclarationParser.TransformerAttributeName)
            ?.AttributeClass?.ContainingAssembly;
        MetadataReference? reference = runtime is null ? null : compilation.GetMetadataReference(runtime);
        return
            reference is null
            || reference.Properties.Aliases.IsEmpty
            || reference.Properties.Aliases.Contains(MetadataReferenceProperties.GlobalAlias)
            ? ""
            : reference.Properties.Aliases[0];
    }
}

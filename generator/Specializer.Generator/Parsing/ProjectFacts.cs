using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Parsing;

/// <summary>The properties of a project that change the generated code.</summary>
internal static class ProjectFacts
{
    /// <summary>Returns a class with the compilation options of its project.</summary>
    public static ClassDeclaration Of(ClassDeclaration declaration, INamedTypeSymbol type, Compilation compilation) =>
        declaration with
        {
            ChecksOverflow = compilation.Options.CheckOverflow,
            IsUnoptimized = compilation.Options.OptimizationLevel == OptimizationLevel.Debug,
            IsLanguageTooOld = compilation is CSharpCompilation { LanguageVersion: < DeclarationParser.LowestLanguageVersion },
            RuntimeAlias = RuntimeAlias(type, compilation),
        };

    /// <summary>
    /// The attribute gives the alias: a compilation does not find a type by name if the reference only has an alias.
    /// </summary>
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

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Specializer.Benchmarks;

/// <summary>
/// The baseline of an attribute-driven generator without output. At each keystroke the compiler binds the attributes of every
/// class that has one with the wanted name, because their meaning may have changed elsewhere.
/// </summary>
#pragma warning disable RS1036, RS1041 // It is loaded into the compilers of the benchmarks only, which run on this framework.
[Generator(LanguageNames.CSharp)]
internal sealed class EmptyGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<int> classes = context.SyntaxProvider.ForAttributeWithMetadataName(
            "Specializer.TransformerAttribute",
            static (node, _) => node is TypeDeclarationSyntax,
            static (_, _) => 0
        );
        context.RegisterSourceOutput(classes, static (_, _) => { });
    }
}

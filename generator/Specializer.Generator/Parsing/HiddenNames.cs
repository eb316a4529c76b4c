using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Specializer.Generator.Parsing;

/// <summary>Finds what of a user's project stands between generated code and a type that it names by its last name.</summary>
internal static class HiddenNames
{
    /// <summary>What holds for every class of a compilation, which an editor makes anew with each keystroke.</summary>
    private static readonly ConditionalWeakTable<Compilation, object> s_byUsings = new();

    /// <summary>Whether any of the names means something of the project's own inside a class.</summary>
    /// <param name="type">The class.</param>
    /// <param name="names">The last names of types of the namespaces under System.Runtime.Intrinsics.</param>
    /// <param name="model">The semantic model of any file of the project, whose outermost scope has the global usings.</param>
    public static bool Any(INamedTypeSymbol type, IReadOnlyCollection<string> names, SemanticModel model)
    {
        for (INamedTypeSymbol? outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (names.Any(name => !outer.GetMembers(name).IsEmpty))
            {
                return true;
            }
        }

        // The namespace as the project sees it, with what its references put there.
        INamespaceSymbol? scope = model.Compilation.GetCompilationNamespace(type.ContainingNamespace);
        for (; scope is not null; scope = scope.ContainingNamespace)
        {
            if (names.Any(name => scope.GetMembers(name).Any()))
            {
                return true;
            }
        }

        return (bool)s_byUsings.GetValue(model.Compilation, _ => names.Any(name => model
            .LookupNamespacesAndTypes(model.SyntaxTree.Length, name: name)
            .Any(static symbol => symbol.ContainingNamespace?.ContainingNamespace?.ToDisplayString() is not ("System.Runtime" or "System.Runtime.Intrinsics"))));
    }
}

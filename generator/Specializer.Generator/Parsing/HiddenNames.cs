using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Specializer.Generator.Parsing;

/// <summary>Finds what of a user's project stands between generated code and a type that it names by its last name.</summary>
internal static class HiddenNames
{
    /// <summary>What is known of a compilation, which an editor makes anew with each keystroke: the namespaces asked for so far.</summary>
    private static readonly ConditionalWeakTable<Compilation, ConcurrentDictionary<string, bool>> s_known = new();

    /// <summary>Whether any of the names means something of the project's own inside a class.</summary>
    /// <param name="type">The class.</param>
    /// <param name="names">The last names of types of the namespaces under System.Runtime.Intrinsics.</param>
    /// <param name="model">The semantic model of any file of the project, whose outermost scope has the global usings.</param>
    public static bool Any(INamedTypeSymbol type, IReadOnlyCollection<string> names, SemanticModel model)
    {
        for (INamedTypeSymbol? outer = type; outer is not null; outer = outer.ContainingType)
        {
            // Not its members, which a class has to be bound for.
            if (names.Any(name => outer.MemberNames.Contains(name) || !outer.GetTypeMembers(name).IsEmpty))
            {
                return true;
            }
        }

        return s_known
            .GetOrCreateValue(model.Compilation)
            .GetOrAdd(
                type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(),
                _ => AnyInNamespaces(type.ContainingNamespace, names, model.Compilation) || AnyByUsings(names, model)
            );
    }

    /// <summary>In a namespace as the project sees it, with what its references put there, and those around it.</summary>
    private static bool AnyInNamespaces(INamespaceSymbol innermost, IReadOnlyCollection<string> names, Compilation compilation)
    {
        for (INamespaceSymbol? scope = compilation.GetCompilationNamespace(innermost); scope is not null; scope = scope.ContainingNamespace)
        {
            if (names.Any(name => scope.GetMembers(name).Any()))
            {
                return true;
            }
        }

        return false;
    }

    private static bool AnyByUsings(IReadOnlyCollection<string> names, SemanticModel model) =>
        names.Any(name =>
            model
                .LookupNamespacesAndTypes(model.SyntaxTree.Length, name: name)
                .Any(static symbol =>
                    symbol.ContainingNamespace?.ContainingNamespace?.ToDisplayString()
                        is not ("System.Runtime" or "System.Runtime.Intrinsics")
                )
        );
}

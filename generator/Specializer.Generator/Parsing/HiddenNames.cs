using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Specializer.Generator.Parsing;

/// <summary>Finds types and namespaces of a user's project that hide a type that generated code names by its simple name.</summary>
internal static class HiddenNames
{
    /// <summary>The namespaces looked up so far, per compilation; an editor creates a new compilation with each keystroke.</summary>
    private static readonly ConditionalWeakTable<Compilation, ConcurrentDictionary<string, bool>> s_known = new();

    /// <summary>Returns whether any of the names has another meaning inside a class.</summary>
    /// <param name="type">The class.</param>
    /// <param name="names">The simple names of types in the namespaces under System.Runtime.Intrinsics.</param>
    /// <param name="model">The semantic model of any file of the project; its outermost scope contains the global usings.</param>
    public static bool Any(INamedTypeSymbol type, IReadOnlyCollection<string> names, SemanticModel model)
    {
        for (INamedTypeSymbol? outer = type; outer is not null; outer = outer.ContainingType)
        {
            // The members of the class itself are not checked, because that would bind the class.
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

    /// <summary>Searches a namespace, with the types that references add to it, and the namespaces around it.</summary>
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

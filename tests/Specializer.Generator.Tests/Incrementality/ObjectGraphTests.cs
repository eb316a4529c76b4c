using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Specializer.Generator.Architecture;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Incrementality;

/// <summary>
/// The pipeline's cached values hold nothing of a compilation, which would keep it in memory. They hold nothing that compares by
/// reference, which would never be equal.
/// </summary>
[Feature("incrementality")]
public sealed class ObjectGraphTests
{
    [Theory]
    [InlineData("Pronunciation")]
    [InlineData("OddSizes")]
    public void No_step_holds_a_compilation(string model) =>
        AssertForEveryNode(
            model,
            static (node, path) =>
                Assert.False(
                    node
                        is Compilation
                            or ISymbol
                            or SyntaxNode
                            or SyntaxTree
                            or SyntaxReference
                            or Location
                            or Diagnostic
                            or AttributeData
                            or SemanticModel,
                    $"{path} is a {node.GetType()}."
                )
        );

    [Theory]
    [InlineData("Pronunciation")]
    [InlineData("OddSizes")]
    public void Every_node_compares_by_value(string model) =>
        AssertForEveryNode(
            model,
            static (node, path) =>
            {
                Type type = node.GetType();
                bool isWrappedArray = type.IsArray && path.EndsWith("._items", StringComparison.Ordinal);
                bool isEquatable = type.GetInterfaces().Any(@interface => @interface == typeof(IEquatable<>).MakeGenericType(type));
                bool isImmutableArray = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>);
                Assert.True(
                    (isWrappedArray || isEquatable || type.IsEnum) && !isImmutableArray,
                    $"{path} is a {type}, which does not compare by value."
                );
            }
        );

    [Fact]
    public void Arrays_compare_by_their_elements()
    {
        Assert.Equal(new EquatableArray<string>(["a", "b"]), new EquatableArray<string>(["a", "b"]));
        Assert.Equal(new EquatableArray<string>(["a", "b"]).GetHashCode(), new EquatableArray<string>(["a", "b"]).GetHashCode());
        Assert.False(new EquatableArray<string>(["a", "b"]).Equals(new EquatableArray<string>(["b", "a"])));
        Assert.False(new EquatableArray<string>(["a"]).Equals(new EquatableArray<string>(["a", "b"])));
        Assert.False(new EquatableArray<string>(["a"]).Equals(null));
    }

    private static void AssertForEveryNode(string model, Action<object, string> assert)
    {
        GeneratorRun run = GeneratorRun.Of(Declarations.Named(model));
        foreach (string name in TrackedSteps.Names)
        {
            foreach ((object value, _) in run.Step(name))
            {
                foreach ((object node, string path) in ObjectGraph.Walk(value))
                {
                    assert(node, name + ": " + path);
                }
            }
        }
    }
}

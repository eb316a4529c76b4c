using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Specializer.Generator.Parsing;

/// <summary>The attributes of the runtime library on one class, by name.</summary>
internal sealed class DeclaredParts
{
    private const string AttributeNamespace = "Specializer";

    private readonly INamedTypeSymbol _type;
    private readonly List<AttributeData> _attributes = [];
    private readonly CancellationToken _cancellationToken;

    public DeclaredParts(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        _type = type;
        _cancellationToken = cancellationToken;
        foreach (AttributeData attribute in type.GetAttributes())
        {
            if (
                attribute.AttributeClass
                    is { ContainingNamespace: { Name: AttributeNamespace, ContainingNamespace.IsGlobalNamespace: true } } found
                && found.Name
                    is "TransformerAttribute"
                        or "AttentionAttribute"
                        or "RotaryPositionsAttribute"
                        or "AlibiPositionsAttribute"
                        or "LearnedPositionsAttribute"
                        or "SinusoidalPositionsAttribute"
                        or "SlidingWindowAttribute"
                        or "FeedForwardAttribute"
                        or "NormAttribute"
                        or "TensorNamesAttribute"
                        or "PoolingAttribute"
            )
            {
                _attributes.Add(attribute);
            }
        }
    }

    /// <summary>Whether the class has any of the attributes.</summary>
    public bool Any => _attributes.Count > 0;

    /// <summary>Whether an attribute is applied twice, which the compiler reports.</summary>
    public bool AnyTwice => _attributes.Select(static attribute => attribute.AttributeClass!.Name).Distinct().Count() < _attributes.Count;

    /// <summary>The first attribute in source order.</summary>
    public AttributeReader First => new(_attributes.FirstOrDefault(), _cancellationToken);

    /// <summary>
    /// The location of the class name where the class has [Transformer], or of the first attribute if it has none. A partial
    /// class has several declarations.
    /// </summary>
    public Location ClassName
    {
        get
        {
            SyntaxReference? reference = (Find("Transformer") ?? _attributes.FirstOrDefault())?.ApplicationSyntaxReference;
            return reference?.GetSyntax(_cancellationToken).FirstAncestorOrSelf<BaseTypeDeclarationSyntax>()?.Identifier.GetLocation()
                ?? _type.Locations.FirstOrDefault()
                ?? Location.None;
        }
    }

    /// <summary>The config.json that [Transformer] names; null if the attributes declare the architecture.</summary>
    public string? Configuration => Part("Transformer").Positional<string?>(0, null);

    /// <summary>The attributes other than [Transformer].</summary>
    public IEnumerable<(string Name, AttributeReader Reader)> OtherParts =>
        _attributes
            .Select(static attribute => attribute.AttributeClass!.Name)
            .Where(static name => name != "TransformerAttribute")
            .Select(name =>
                (name.Substring(0, name.Length - "Attribute".Length), Part(name.Substring(0, name.Length - "Attribute".Length)))
            );

    /// <summary>Returns the attribute with the given name, present or not.</summary>
    public AttributeReader Part(string name) => new(Find(name), _cancellationToken);

    private AttributeData? Find(string name) =>
        _attributes.FirstOrDefault(attribute => attribute.AttributeClass!.Name == name + "Attribute");
}

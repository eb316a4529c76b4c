using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Specializer.Generator.Parsing;

/// <summary>Reads the arguments of one attribute and their locations.</summary>
internal sealed class AttributeReader(AttributeData? attribute, CancellationToken cancellationToken)
{
    /// <summary>Whether the attribute is present.</summary>
    public bool IsPresent => attribute is not null;

    /// <summary>Whether the compiler reports an error in an argument, so that the values are meaningless.</summary>
    public bool IsErroneous =>
        attribute is not null
        && (
            attribute.AttributeConstructor is null
            || attribute.ConstructorArguments.Any(static argument => argument.Kind == TypedConstantKind.Error)
            || attribute.NamedArguments.Any(static argument => argument.Value.Kind == TypedConstantKind.Error)
        );

    /// <summary>The location of the attribute.</summary>
    public Location Location => attribute?.ApplicationSyntaxReference?.GetSyntax(cancellationToken).GetLocation() ?? Location.None;

    /// <summary>Returns the value of a named argument, or the default if it is not given.</summary>
    public T Named<T>(string name, T defaultValue)
    {
        if (attribute is not null)
        {
            foreach (var argument in attribute.NamedArguments)
            {
                if (argument.Key == name && Convert(argument.Value, out T value))
                {
                    return value;
                }
            }
        }

        return defaultValue;
    }

    /// <summary>
    /// Returns the texts of a named argument that is an array; empty if it is not given. A null element is returned as an empty
    /// text.
    /// </summary>
    public string[] Strings(string name) =>
        attribute is null
            ? []
            :
            [
                .. attribute
                    .NamedArguments.Where(argument =>
                        argument.Key == name && argument.Value is { Kind: TypedConstantKind.Array, IsNull: false }
                    )
                    .SelectMany(static argument => argument.Value.Values)
                    .Select(static item => item.Value as string ?? ""),
            ];

    /// <summary>The names of the named arguments.</summary>
    public IEnumerable<string> Names => attribute is null ? [] : attribute.NamedArguments.Select(static argument => argument.Key);

    /// <summary>Returns whether a named argument is given.</summary>
    public bool Has(string name) => attribute is not null && attribute.NamedArguments.Any(argument => argument.Key == name);

    /// <summary>Returns the value of a constructor argument.</summary>
    public T Positional<T>(int index, T defaultValue) =>
        attribute is not null
        && index < attribute.ConstructorArguments.Length
        && Convert(attribute.ConstructorArguments[index], out T value)
            ? value
            : defaultValue;

    /// <summary>Returns the location of a named argument, or of the attribute if it is not given.</summary>
    public Location NamedLocation(string name) =>
        ArgumentLocation(arguments => arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name));

    /// <summary>Returns the location of a constructor argument.</summary>
    public Location PositionalLocation(int index, string name) =>
        ArgumentLocation(arguments =>
            arguments.FirstOrDefault(argument => argument.NameColon?.Name.Identifier.ValueText == name)
            ?? arguments.Where(argument => argument.NameEquals is null && argument.NameColon is null).ElementAtOrDefault(index)
        );

    private static bool Convert<T>(TypedConstant constant, out T value)
    {
        if (constant.Kind is TypedConstantKind.Primitive or TypedConstantKind.Enum && constant.Value is T typed)
        {
            value = typed;
            return true;
        }

        // The compiler passes the number of an enumeration's value, which need not be one of its members.
        if (constant is { Kind: TypedConstantKind.Enum, Value: int number } && typeof(T).IsEnum)
        {
            value = (T)Enum.ToObject(typeof(T), number);
            return true;
        }

        value = default!;
        return false;
    }

    private Location ArgumentLocation(Func<SeparatedSyntaxList<AttributeArgumentSyntax>, AttributeArgumentSyntax?> find)
    {
        var syntax = attribute?.ApplicationSyntaxReference?.GetSyntax(cancellationToken) as AttributeSyntax;
        return (syntax?.ArgumentList is { } list ? find(list.Arguments)?.GetLocation() : null) ?? Location;
    }
}

using Microsoft.CodeAnalysis;

namespace Specializer.Generator.Tests.Snapshots;

/// <summary>How a symbol is written down in a snapshot of an interface.</summary>
internal static class SymbolText
{
    public static string Of(ISymbol symbol) =>
        symbol.ToDisplayString(
            SymbolDisplayFormat
                .CSharpErrorMessageFormat.AddMemberOptions(
                    SymbolDisplayMemberOptions.IncludeAccessibility
                        | SymbolDisplayMemberOptions.IncludeModifiers
                        | SymbolDisplayMemberOptions.IncludeType
                )
                .AddParameterOptions(SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeDefaultValue)
                .AddKindOptions(SymbolDisplayKindOptions.IncludeTypeKeyword | SymbolDisplayKindOptions.IncludeMemberKeyword)
        );
}

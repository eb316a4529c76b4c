using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Specializer.Generator.Architecture;
using Specializer.Generator.Diagnostics;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Parsing.SentenceTransformers;

namespace Specializer.Generator.Parsing;

/// <summary>Receives a problem with a file that a declaration refers to.</summary>
/// <param name="descriptor">The diagnostic.</param>
/// <param name="place">The location in a file, if the problem has one.</param>
/// <param name="fix">The suggested fix, if there is exactly one.</param>
/// <param name="arguments">The arguments of the message.</param>
internal delegate void ReportResolution(
    DiagnosticDescriptor descriptor,
    (ConfigurationFile File, int Start, int Length)? place,
    SuggestedFix? fix,
    object[] arguments
);

/// <summary>
/// Converts a class with a [Transformer] attribute into an <see cref="AttributeDeclaration"/>. The generator and the analyzer both
/// run it; symbols, syntax and locations do not leave it.
/// </summary>
internal static class DeclarationParser
{
    public const string TransformerAttributeName = "Specializer.TransformerAttribute";

    /// <summary>The base class that the generator adds. The analyzer sees the completed class.</summary>
    private const string GeneratedBase = "Specializer.TransformerModel";

    public const LanguageVersion LowestLanguageVersion = LanguageVersion.CSharp13;

    /// <summary>The members that every generated class has. A class cannot have the name of one of its members.</summary>
    private static readonly HashSet<string> s_generatedMembers =
    [
        "Layers",
        "DModel",
        "VocabularySize",
        "ContextLength",
        "ChunkLength",
        "ParameterCount",
        "PackedWeightBytes",
        "SessionBytes",
        "MultiplyAddsPerToken",
        "TokenTypes",
        "OutputWidth",
        "EncoderLayers",
        "SourceLength",
        "SourceVocabularySize",
        "SequenceBytes",
        "MelBands",
        "ImageSize",
        "Channels",
        "Tensors",
        "Load",
        "LoadPacked",
        "SavePacked",
        "CreateSession",
        "CreateBatch",
        "Pack",
        "Session",
        "IKernels",
        "ILinearLayer",
        "Avx512Kernels",
        "Avx2Kernels",
        "NeonKernels",
        "PortableKernels",
    ];

    /// <summary>
    /// Returns whether a generated class has, or may have, a member with a name. The types with the constants of layers, such as
    /// From768Add, count as members.
    /// </summary>
    private static bool IsGeneratedMember(string name) =>
        s_generatedMembers.Contains(name)
        || (name.StartsWith("From", StringComparison.Ordinal) && Regex.IsMatch(name, "^From[0-9]+(Every[0-9]+)?(Add)?$"));

    /// <returns>
    /// The declaration. It has only a skeleton if it has errors, which <paramref name="report"/> receives unless the compiler
    /// reports them. Null if the class cannot be completed or has no attribute of a transformer.
    /// </returns>
    public static AttributeDeclaration? Parse(
        INamedTypeSymbol type,
        Compilation compilation,
        Action<Diagnostic>? report,
        CancellationToken cancellationToken
    )
    {
        var parts = new DeclaredParts(type, cancellationToken);
        if (!parts.Any || type.TypeKind != TypeKind.Class)
        {
            // The attributes apply to classes; the compiler rejects every other target.
            return null;
        }

        var context = new ParseContext(report, cancellationToken);
        if (!parts.Part("Transformer").IsPresent)
        {
            context.Report(
                DiagnosticDescriptors.MissingPart,
                parts.First.Location,
                type.Name,
                "Transformer",
                "the stack and its dimensions"
            );
            return null;
        }

        ClassDeclaration? declaration = ParseClass(type, parts, compilation, context, out string[] taken);
        cancellationToken.ThrowIfCancellationRequested();
        ConfigurationReference? reference = null;
        TransformerArchitecture? architecture = null;
        if (parts.AnyTwice)
        {
            // No attribute may be applied twice; the compiler rejects that, too.
            context.FailSilently();
        }
        else if (parts.Configuration is not null)
        {
            reference = ArchitectureParser.ParseReference(parts, context);
        }
        else
        {
            architecture = ArchitectureParser.Parse(type.Name, parts, context);
        }

        return declaration is null ? null
            : context.Failed ? new AttributeDeclaration(declaration, null, null, OutlineParser.Of(declaration, parts, taken))
            : new AttributeDeclaration(declaration, architecture, reference, null);
    }

    /// <summary>Finds the config.json that a declaration names.</summary>
    /// <param name="declaration">The values of the attributes.</param>
    /// <param name="files">The additional files of the project.</param>
    /// <param name="report">Receives the errors.</param>
    /// <param name="acceptsUnread">
    /// Whether the project lowers the severity of the rule for unread fields that change the computation.
    /// </param>
    /// <returns>The declaration with its architecture, or with its skeleton if it has errors.</returns>
    public static ResolvedDeclaration Resolve(
        AttributeDeclaration declaration,
        IReadOnlyCollection<ConfigurationFile> files,
        ReportResolution? report,
        bool acceptsUnread = false
    )
    {
        if (declaration.Configuration is not { } reference)
        {
            return declaration.Architecture is null
                ? new ResolvedDeclaration(null, declaration.Outline)
                : new ResolvedDeclaration(new ModelDeclaration(declaration.Class, declaration.Architecture), null);
        }

        IReadOnlyList<ConfigurationFile> matching = ConfigurationFile.Matching(files, reference.Path);
        if (matching.Count != 1)
        {
            (string found, string advice, SuggestedFix? fix) = Explain(reference.Path, files, matching);
            report?.Invoke(DiagnosticDescriptors.ConfigurationNotFound, null, fix, [reference.Path, found, advice]);
            // If only one file can be meant, the skeleton is read from it.
            ConfigurationFile[] candidates =
            [
                .. (matching.Count > 0 ? matching : files)
                    .Where(static file => file.Path.EndsWith("config.json", StringComparison.Ordinal) && !SentenceFolder.IsModule(file))
                    .Take(2),
            ];
            return new ResolvedDeclaration(
                null,
                OutlineParser.Of(
                    declaration.Class,
                    reference,
                    candidates.Length == 1 ? candidates[0].Parse(reference, files).Architecture : null
                )
            );
        }

        ConfigurationReading reading = matching[0].Parse(reference, files);
        foreach (ConfigurationProblem problem in reading.Problems)
        {
            report?.Invoke(Descriptor(problem.Kind), (matching[0], problem.Start, problem.Length), null, [reference.Path, problem.Message]);
        }

        string folder = reference.Path.Substring(0, reference.Path.LastIndexOf('/') + 1);
        foreach (FileProblem beside in reading.ProblemsBeside)
        {
            report?.Invoke(
                Descriptor(beside.Problem.Kind),
                (beside.File, beside.Problem.Start, beside.Problem.Length),
                null,
                [folder + beside.Name, beside.Problem.Message]
            );
        }

        return reading.IsUsable(acceptsUnread)
            ? new ResolvedDeclaration(new ModelDeclaration(declaration.Class, reading.Architecture!), null)
            : new ResolvedDeclaration(null, OutlineParser.Of(declaration.Class, reference, reading.Architecture));
    }

    private static DiagnosticDescriptor Descriptor(ConfigurationProblemKind kind) =>
        kind switch
        {
            ConfigurationProblemKind.UnreadComputation => DiagnosticDescriptors.UnreadComputation,
            ConfigurationProblemKind.Unused => DiagnosticDescriptors.UnusedField,
            _ => DiagnosticDescriptors.ConfigurationInvalid,
        };

    /// <summary>
    /// Describes which files were found instead of exactly one, what to do, and the suggested fix, if there is exactly one.
    /// </summary>
    private static (string Found, string Advice, SuggestedFix? Fix) Explain(
        string path,
        IReadOnlyCollection<ConfigurationFile> files,
        IReadOnlyList<ConfigurationFile> matching
    )
    {
        if (matching.Count > 1)
        {
            return (matching.Count.ToString(CultureInfo.InvariantCulture) + " do", "write more of the path", null);
        }

        string[] others =
        [
            .. files
                .Where(static file => !SentenceFolder.IsModule(file))
                .Select(file => file.End(path))
                .Where(static end => end.EndsWith("config.json", StringComparison.Ordinal))
                .Distinct()
                .OrderBy(static end => end, StringComparer.Ordinal),
        ];
        string item = $"add <AdditionalFiles Include=\"{ProjectItem.Include(path)}\" /> to the project file";
        return others.Length switch
        {
            0 => ("none does", item + ", or write more of the path", null),
            1 => ($"only '{others[0]}' exists", $"write that path, or {item}", SuggestedFix.Argument($"\"{others[0]}\"")),
            _ => (
                "none does",
                $"write one of the existing paths ({string.Join(", ", others)}), or {item}",
                SuggestedFix.Argument(string.Join("\n", others.Select(static other => $"\"{other}\"")))
            ),
        };
    }

    /// <returns>The class; null if it cannot be completed, not even with a skeleton.</returns>
    private static ClassDeclaration? ParseClass(
        INamedTypeSymbol type,
        DeclaredParts parts,
        Compilation compilation,
        ParseContext context,
        out string[] taken
    )
    {
        bool canBeCompleted = true;
        Location location = parts.ClassName;
        INamedTypeSymbol[] typeAndContaining = [type, .. ContainingTypes(type)];
        if (Unsuitability(type, typeAndContaining, context.CancellationToken) is var (reason, advice))
        {
            canBeCompleted = false;
            context.Report(DiagnosticDescriptors.UnsuitableClass, location, type.Name, reason, advice);
        }

        foreach (INamedTypeSymbol symbol in typeAndContaining)
        {
            if (!IsPartial(symbol, context.CancellationToken))
            {
                canBeCompleted = false;
                Location name = SymbolEqualityComparer.Default.Equals(symbol, type)
                    ? location
                    : symbol.Locations.FirstOrDefault() ?? location;
                context.Report(DiagnosticDescriptors.NotPartial, name, symbol.Name);
            }
        }

        if (compilation is CSharpCompilation { LanguageVersion: < LowestLanguageVersion } tooOld)
        {
            context.Report(DiagnosticDescriptors.LanguageTooOld, location, type.Name, tooOld.LanguageVersion.ToDisplayString());
        }

        if (compilation.Options is CSharpCompilationOptions { AllowUnsafe: false })
        {
            context.Report(DiagnosticDescriptors.UnsafeBlocksNotAllowed, location, type.Name);
        }

        // Names are checked first: binding members is too slow for every keystroke.
        bool anyOfTheNames =
            type.MemberNames.Any(IsGeneratedMember) || type.GetTypeMembers().Any(static nested => IsGeneratedMember(nested.Name));
        var takenNames = new List<string>();
        foreach (
            ISymbol member in (anyOfTheNames ? type.GetMembers() : []).Where(static member =>
                IsGeneratedMember(member.Name) && member is not IMethodSymbol and not { IsImplicitlyDeclared: true }
            )
        )
        {
            // In the analyzer, the class already contains the generated member, too.
            if (
                member.Locations.FirstOrDefault(static place =>
                    place.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == false
                ) is
                { } written
            )
            {
                takenNames.Add(member.Name);
                context.Report(DiagnosticDescriptors.MemberIsGenerated, written, member.Name, type.Name);
            }
        }

        if (context.Reports && OtherCases(type, compilation).FirstOrDefault() is { } other)
        {
            context.Report(DiagnosticDescriptors.OneFileForTwo, location, type.ToDisplayString(), other.ToDisplayString());
        }

        if (context.Reports && compilation.Options.OptimizationLevel == OptimizationLevel.Debug)
        {
            context.Report(DiagnosticDescriptors.Unoptimized, location, type.Name);
        }

        taken = [.. takenNames];
        return !canBeCompleted
            ? null
            : new ClassDeclaration(
                type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(),
                new EquatableArray<string>(
                    ContainingTypes(type).Reverse().Select(static outer => "partial " + Keyword(outer) + " " + outer.Name)
                ),
                type.Name
            );
    }

    /// <summary>
    /// Returns why the generator cannot complete a class, and where to declare the transformer instead; null if it can.
    /// </summary>
    private static (string Reason, string Advice)? Unsuitability(
        INamedTypeSymbol type,
        INamedTypeSymbol[] typeAndContaining,
        CancellationToken cancellationToken
    ) =>
        type switch
        {
            { IsRecord: true } => ("a record", "a class"),
            { IsStatic: true } => ("static", "a class that can be instantiated"),
            { IsAbstract: true } => ("abstract", "a class that can be instantiated"),
            _ when typeAndContaining.Any(static symbol => symbol.IsGenericType) => (
                "generic or inside a generic type",
                "a class without type parameters"
            ),
            _ when typeAndContaining.Any(static symbol => symbol.IsFileLocal) => ("local to a file", "a class without the modifier 'file'"),
            { BaseType: { SpecialType: not SpecialType.System_Object } baseType } when baseType.ToDisplayString() != GeneratedBase => (
                "derived from " + baseType.Name,
                "a class without a base class, because the generator adds one"
            ),
            _ when Declarations(type, cancellationToken).Any(static syntax => syntax.ParameterList is not null) => (
                "declared with a primary constructor",
                "a class without one, because the generator adds a constructor"
            ),
            _ when IsGeneratedMember(type.Name) => ("named like one of its generated members", "a class with another name"),
            _ when typeAndContaining.Select(static symbol => symbol.Name).Concat(Namespaces(type)).Any(IsKeyword) => (
                "named like a keyword, or inside a type or namespace that is",
                "a class whose full name contains no keyword"
            ),
            _ => null,
        };

    /// <summary>Returns the other models of the project whose full names differ from this one only by case.</summary>
    private static IEnumerable<INamedTypeSymbol> OtherCases(INamedTypeSymbol type, Compilation compilation)
    {
        IEnumerable<INamespaceOrTypeSymbol> found = [compilation.Assembly.GlobalNamespace];
        foreach (
            string name in Namespaces(type)
                .Reverse()
                .Concat(ContainingTypes(type).Reverse().Select(static outer => outer.Name))
                .Concat([type.Name])
        )
        {
            found =
            [
                .. found
                    .SelectMany(static scope => scope.GetMembers())
                    .OfType<INamespaceOrTypeSymbol>()
                    .Where(member => string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase)),
            ];
        }

        return found
            .OfType<INamedTypeSymbol>()
            .Where(candidate =>
                !SymbolEqualityComparer.Default.Equals(candidate, type)
                && candidate
                    .GetAttributes()
                    .Any(static attribute => attribute.AttributeClass?.ToDisplayString() == TransformerAttributeName)
            );
    }

    private static IEnumerable<INamedTypeSymbol> ContainingTypes(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            yield return outer;
        }
    }

    private static IEnumerable<string> Namespaces(INamedTypeSymbol type)
    {
        for (INamespaceSymbol? outer = type.ContainingNamespace; outer is { IsGlobalNamespace: false }; outer = outer.ContainingNamespace)
        {
            yield return outer.Name;
        }
    }

    private static bool IsKeyword(string name) => SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None;

    private static string Keyword(INamedTypeSymbol type) =>
        type.TypeKind switch
        {
            TypeKind.Struct => type.IsRecord ? "record struct" : "struct",
            TypeKind.Interface => "interface",
            _ => type.IsRecord ? "record" : "class",
        };

    private static bool IsPartial(INamedTypeSymbol type, CancellationToken cancellationToken) =>
        Declarations(type, cancellationToken).Any(static syntax => syntax.Modifiers.Any(SyntaxKind.PartialKeyword));

    private static IEnumerable<TypeDeclarationSyntax> Declarations(INamedTypeSymbol type, CancellationToken cancellationToken) =>
        type.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellationToken)).OfType<TypeDeclarationSyntax>();
}

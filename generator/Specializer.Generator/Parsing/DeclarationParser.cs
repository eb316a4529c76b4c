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

/// <summary>Is told what is wrong with what a declaration refers to.</summary>
/// <param name="descriptor">What.</param>
/// <param name="place">Where in a file, if anywhere.</param>
/// <param name="mend">How it is mended, if there is one obvious way.</param>
/// <param name="arguments">The message's arguments.</param>
internal delegate void ReportResolution(
    DiagnosticDescriptor descriptor,
    (ConfigurationFile File, int Start, int Length)? place,
    Mend? mend,
    object[] arguments
);

/// <summary>
/// Turns a class with a [Transformer] attribute into an <see cref="AttributeDeclaration"/>. The generator and the analyzer
/// both run it; symbols, syntax and locations end here.
/// </summary>
internal static class DeclarationParser
{
    public const string TransformerAttributeName = "Specializer.TransformerAttribute";

    /// <summary>The bases that the generator gives: the analyzer sees the class as already completed.</summary>
    private static readonly HashSet<string> s_generatedBases =
    [
        "Specializer.DecoderModel",
        "Specializer.PrefixDecoderModel",
        "Specializer.EncoderModel",
        "Specializer.ImageEncoderModel",
        "Specializer.EncoderDecoderModel",
        "Specializer.SpeechModel",
    ];

    private const LanguageVersion LowestLanguageVersion = LanguageVersion.CSharp12;

    /// <summary>The members that every completed class has; a class cannot be named like one of its members.</summary>
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
        "ImageFloatCount",
        "Tensors",
        "Load",
        "LoadPacked",
        "CreateSession",
        "Pack",
        "Session",
        "IKernels",
        "ILinearLayer",
        "Avx512Kernels",
        "Avx2Kernels",
        "NeonKernels",
        "PortableKernels",
    ];

    /// <summary>Whether a completed class has, or may have, a member of a name: those above, and the types with the constants of its layers, as From768Add.</summary>
    private static bool IsGeneratedMember(string name) =>
        s_generatedMembers.Contains(name)
        || (name.StartsWith("From", StringComparison.Ordinal) && Regex.IsMatch(name, "^From[0-9]+(Every[0-9]+)?(Add)?$"));

    /// <returns>
    /// The declaration; with an outline only if anything is wrong with it, which <paramref name="report"/> was told unless the
    /// compiler says so itself; null if the class cannot be completed or has no part of a transformer.
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
            // The attributes are for classes: the compiler refuses everything else.
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
            // Each is for once: the compiler refuses that too.
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

    /// <summary>Looks up the config.json that a declaration names.</summary>
    /// <param name="declaration">What the attributes say.</param>
    /// <param name="files">The project's additional files.</param>
    /// <param name="report">Receives what is wrong.</param>
    /// <param name="acceptsUnread">Whether the project lowers the rule for fields that change the computation and are not read.</param>
    /// <returns>The declaration with its architecture, or its outline if anything is wrong.</returns>
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
            (string found, string advice, Mend? mend) = Explain(reference.Path, files, matching);
            report?.Invoke(DiagnosticDescriptors.ConfigurationNotFound, null, mend, [reference.Path, found, advice]);
            // Where there is but one file that can be meant, its model is the best guess.
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

    /// <summary>What there is in the place of the one file that is wanted, what to do, and how, if there is one obvious way.</summary>
    private static (string Found, string Advice, Mend? Mend) Explain(
        string path,
        IReadOnlyCollection<ConfigurationFile> files,
        IReadOnlyList<ConfigurationFile> matching
    )
    {
        if (matching.Count > 1)
        {
            return (matching.Count.ToString(CultureInfo.InvariantCulture) + " do", "give more of the path", null);
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
            0 => ("none does", item + ", or give more of the path", null),
            1 => ($"only '{others[0]}' is there", $"write that path, or {item}", Mend.Argument($"\"{others[0]}\"")),
            _ => (
                "none does",
                $"write one of those that are there ({string.Join(", ", others)}), or {item}",
                Mend.Argument(string.Join("\n", others.Select(static other => $"\"{other}\"")))
            ),
        };
    }

    /// <returns>The class, or null if it cannot be completed, not even in outline.</returns>
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
        if (Unsuitability(type, typeAndContaining, context.CancellationToken) is var (reason, mend))
        {
            canBeCompleted = false;
            context.Report(DiagnosticDescriptors.UnsuitableClass, location, type.Name, reason, mend);
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

        // The names first: members have to be bound, which no keystroke should wait for.
        bool anyOfTheNames =
            type.MemberNames.Any(IsGeneratedMember) || type.GetTypeMembers().Any(static nested => IsGeneratedMember(nested.Name));
        var takenNames = new List<string>();
        foreach (
            ISymbol member in (anyOfTheNames ? type.GetMembers() : []).Where(static member =>
                IsGeneratedMember(member.Name) && member is not IMethodSymbol and not { IsImplicitlyDeclared: true }
            )
        )
        {
            // Where the class is already completed, it has the generated member too.
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

    /// <summary>Why the generator cannot complete a class, and what to declare the transformer on instead; null if it can.</summary>
    private static (string Reason, string Mend)? Unsuitability(
        INamedTypeSymbol type,
        INamedTypeSymbol[] typeAndContaining,
        CancellationToken cancellationToken
    ) =>
        type switch
        {
            { IsRecord: true } => ("a record", "a class"),
            { IsStatic: true } => ("static", "a class that can have instances"),
            { IsAbstract: true } => ("abstract", "a class that can have instances"),
            _ when typeAndContaining.Any(static symbol => symbol.IsGenericType) => (
                "generic or inside a generic type",
                "a class without type parameters"
            ),
            _ when typeAndContaining.Any(static symbol => symbol.IsFileLocal) => ("local to a file", "a class without the modifier 'file'"),
            { BaseType: { SpecialType: not SpecialType.System_Object } baseType }
                when !s_generatedBases.Contains(baseType.ToDisplayString()) => (
                "derived from " + baseType.Name,
                "a class without a base class, since the generator gives it one"
            ),
            _ when Declarations(type, cancellationToken).Any(static syntax => syntax.ParameterList is not null) => (
                "declared with a primary constructor",
                "a class without one, since the generator gives it a constructor"
            ),
            _ when IsGeneratedMember(type.Name) => ("named like a member that it gets", "a class with another name"),
            _ when typeAndContaining.Select(static symbol => symbol.Name).Concat(Namespaces(type)).Any(IsKeyword) => (
                "named, or inside something named, like a keyword",
                "a class with an ordinary full name"
            ),
            _ => null,
        };

    /// <summary>The other models of the project whose full names differ from one's only in upper and lower case.</summary>
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

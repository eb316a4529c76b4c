using System;
using System.Linq;
using System.Text;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Specializer.Generator.Architecture;
using Specializer.Generator.Diagnostics;
using Specializer.Generator.Emission;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Lowering;
using Specializer.Generator.Kernels.Output;
using Specializer.Generator.Parsing;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Planning;

namespace Specializer.Generator;

/// <summary>Completes every class with a [Transformer] attribute: declaration, architecture, plan, source.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class SpecializerGenerator : IIncrementalGenerator
{
    /// <summary>The property of the project, which the package's targets pass to the compiler.</summary>
    private const string InstructionSetsProperty = "build_property.SpecializerEmittedInstructionSets";

    /// <summary>
    /// A property that only the tests of this repository set: it separates weights and buffers, for guard pages between them.
    /// </summary>
    private const string GuardedProperty = "build_property.SpecializerGuardedLayout";

    private static readonly Encoding s_encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // Types with this attribute are invisible to other compilations.
        context.RegisterPostInitializationOutput(static context => context.AddEmbeddedAttributeDefinition());

        IncrementalValuesProvider<AttributeDeclaration> attributes = context
            .SyntaxProvider.ForAttributeWithMetadataName(
                DeclarationParser.TransformerAttributeName,
                static (node, _) => node is TypeDeclarationSyntax,
                static (context, cancellationToken) =>
                    Parse((INamedTypeSymbol)context.TargetSymbol, context.SemanticModel, cancellationToken)
            )
            .Where(static declaration => declaration is not null)
            .Select(static (declaration, _) => declaration!)
            .WithTrackingName(TrackingNames.Attributes);

        IncrementalValueProvider<EquatableArray<ConfigurationFile>> files = context
            .AdditionalTextsProvider.Where(static text => MayBeConfiguration(text.Path))
            .Select(static (text, cancellationToken) => Read(text, cancellationToken))
            .Collect()
            .Select(static (files, _) => new EquatableArray<ConfigurationFile>(files))
            .WithTrackingName(TrackingNames.Configurations);

        // File names can be case-insensitive; the analyzer reports models whose names differ only by case.
        IncrementalValueProvider<EquatableArray<string>> clashes = attributes
            .Select(static (declaration, _) => declaration.Class.FullName)
            .Collect()
            .Select(
                static (names, _) =>
                    new EquatableArray<string>(
                        names
                            .GroupBy(static name => name, StringComparer.OrdinalIgnoreCase)
                            .Where(static group => group.Count() > 1)
                            .SelectMany(static group => group)
                    )
            );

        // A project can lower the severity of the rule.
        IncrementalValueProvider<bool> acceptsUnread = context.CompilationProvider.Select(
            static (compilation, cancellationToken) =>
                IsLowered(DiagnosticDescriptors.UnreadComputation, compilation.Options, cancellationToken)
        );

        IncrementalValuesProvider<ResolvedDeclaration> resolved = attributes
            .Combine(clashes)
            .Where(static pair => !pair.Right.Contains(pair.Left.Class.FullName))
            .Select(static (pair, _) => pair.Left)
            .Combine(files)
            .Combine(acceptsUnread)
            .Select(static (pair, _) => DeclarationParser.Resolve(pair.Left.Left, pair.Left.Right, report: null, pair.Right))
            .WithTrackingName(TrackingNames.Declarations);

        IncrementalValueProvider<EquatableArray<string>> instructionSets = context
            .AnalyzerConfigOptionsProvider.Select(
                static (options, _) =>
                    new EquatableArray<string>(
                        options.GlobalOptions.TryGetValue(InstructionSetsProperty, out string? names)
                            ? InstructionSetDescription.Names(names)
                            : []
                    )
            )
            .WithTrackingName(TrackingNames.InstructionSets);

        IncrementalValueProvider<bool> guarded = context.AnalyzerConfigOptionsProvider.Select(
            static (options, _) => options.GlobalOptions.TryGetValue(GuardedProperty, out string? value) && value == "true"
        );

        IncrementalValuesProvider<PlannedModel> plans = resolved
            .Where(static declaration => declaration.Model is not null)
            .Combine(guarded)
            .Select(static (pair, _) => new PlannedModel(pair.Left.Model!.Class, Planner.Plan(pair.Left.Model.Architecture, pair.Right)))
            .Combine(instructionSets)
            .Select(static (pair, _) => pair.Right.Count == 0 ? pair.Left : pair.Left with { InstructionSets = pair.Right })
            .WithTrackingName(TrackingNames.Plans);

        context.RegisterSourceOutput(
            plans,
            static (context, model) =>
            {
                foreach (SourceFile file in ModelEmitter.Emit(model))
                {
                    context.CancellationToken.ThrowIfCancellationRequested();
                    context.AddSource(file.HintName, SourceText.From(file.Text, s_encoding));
                }
            }
        );

        RegisterKernels(context, plans, instructionSets);

        // The class of a declaration with errors gets its members, so that only the errors of the declaration are reported.
        context.RegisterSourceOutput(
            resolved.Where(static declaration => declaration.Outline is not null).Select(static (declaration, _) => declaration.Outline!),
            static (context, outline) =>
            {
                SourceFile file = OutlineEmitter.Emit(outline);
                context.AddSource(file.HintName, SourceText.From(file.Text, s_encoding));
            }
        );
    }

    /// <summary>Prints the kernels of all models, those that several models need once.</summary>
    private static void RegisterKernels(
        IncrementalGeneratorInitializationContext context,
        IncrementalValuesProvider<PlannedModel> plans,
        IncrementalValueProvider<EquatableArray<string>> instructionSets
    )
    {
        IncrementalValueProvider<KernelProject> project = instructionSets
            .Combine(context.CompilationProvider.Select(static (compilation, _) => compilation.Options.CheckOverflow))
            .Combine(plans.Select(static (model, _) => model.Class.RuntimeAlias).Collect())
            .Select(static (pair, _) => new KernelProject(pair.Left.Left, pair.Left.Right, pair.Right.FirstOrDefault() ?? ""));

        IncrementalValueProvider<(EquatableArray<Kernel> Kernels, KernelProject Project)> kernels = plans
            .SelectMany(static (model, _) => model.Plan.Kernels)
            .Collect()
            .Select(static (kernels, _) => new EquatableArray<Kernel>(KernelFiles.Distinct(kernels)))
            .WithTrackingName(TrackingNames.Kernels)
            .Combine(project);

        context.RegisterSourceOutput(
            kernels,
            static (context, pair) =>
            {
                if (pair.Kernels.Count > 0)
                {
                    Add(context, KernelDeclarations.Print(pair.Kernels, pair.Project));
                }
            }
        );
        foreach (KernelFamily family in KernelProgram.Families)
        {
            RegisterFamily(context, kernels, family);
        }
    }

    /// <summary>Prints the methods of a family when a kernel that concerns it changes.</summary>
    private static void RegisterFamily(
        IncrementalGeneratorInitializationContext context,
        IncrementalValueProvider<(EquatableArray<Kernel> Kernels, KernelProject Project)> kernels,
        KernelFamily family
    ) =>
        context.RegisterSourceOutput(
            kernels
                .Select((pair, _) => (Kernels: new EquatableArray<Kernel>(KernelFiles.Of(family, pair.Kernels)), pair.Project))
                .WithTrackingName(TrackingNames.Families),
            (context, pair) =>
            {
                foreach (SourceFile file in KernelFiles.Methods(family, pair.Kernels, pair.Project))
                {
                    context.CancellationToken.ThrowIfCancellationRequested();
                    Add(context, file);
                }
            }
        );

    private static void Add(SourceProductionContext context, SourceFile file) =>
        context.AddSource(file.HintName, SourceText.From(file.Text, s_encoding));

    private static AttributeDeclaration? Parse(INamedTypeSymbol type, SemanticModel model, CancellationToken cancellationToken)
    {
        AttributeDeclaration? declaration = DeclarationParser.Parse(type, model.Compilation, report: null, cancellationToken);
        if (declaration is null)
        {
            return null;
        }

        ClassDeclaration inProject = ProjectFacts.Of(declaration.Class, type, model.Compilation);
        return declaration with
        {
            Class = inProject,
            Outline = declaration.Outline is null ? null : declaration.Outline with { Class = inProject },
        };
    }

    /// <summary>
    /// Returns whether a project lowers the severity of an error by NoWarn, a ruleset or a global configuration file.
    /// </summary>
    private static bool IsLowered(DiagnosticDescriptor descriptor, CompilationOptions options, CancellationToken cancellationToken) =>
        (
            options.SpecificDiagnosticOptions.TryGetValue(descriptor.Id, out ReportDiagnostic said)
            || options.SyntaxTreeOptionsProvider?.TryGetGlobalDiagnosticValue(descriptor.Id, cancellationToken, out said) == true
        ) && said is ReportDiagnostic.Warn or ReportDiagnostic.Info or ReportDiagnostic.Hidden or ReportDiagnostic.Suppress;

    /// <summary>Returns whether an additional file may declare a model.</summary>
    internal static bool MayBeConfiguration(string path) => path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads an additional file.</summary>
    internal static ConfigurationFile Read(AdditionalText text, CancellationToken cancellationToken) =>
        new(ConfigurationFile.Normalize(text.Path), text.GetText(cancellationToken)?.ToString() ?? "");
}

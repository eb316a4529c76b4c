using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission;
using Specializer.Generator.Planning;

namespace Specializer.Fuzzing;

/// <summary>The models generated for a number of cases, compiled together, since a compilation costs much by itself, and loaded.</summary>
internal sealed class FuzzAssembly : IDisposable
{
    private static readonly ImmutableArray<MetadataReference> s_references = [.. References()];

    private readonly AssemblyLoadContext _context = new("Fuzzing", isCollectible: true);
    private readonly Assembly _assembly;

    /// <exception cref="InvalidOperationException">The generated code does not compile without a warning.</exception>
    public FuzzAssembly(IReadOnlyList<FuzzCase> cases)
        : this(Compile(cases))
    {
    }

    private FuzzAssembly(byte[] image)
    {
        Size = image.Length;
        _assembly = _context.LoadFromStream(new MemoryStream(image));
    }

    /// <summary>The bytes of the assembly.</summary>
    public int Size { get; }

    /// <summary>Loads the model of the case with the given number.</summary>
    public DecoderModel Load(int number, WeightsSource weights, ModelOptions options)
    {
        Type type = _assembly.GetType("Fuzzed." + ClassName(number), throwOnError: true)!;
        MethodInfo load = type.GetMethod("Load", [typeof(WeightsSource), typeof(ModelOptions)])!;
        return (DecoderModel)load.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [weights, options], CultureInfo.InvariantCulture)!;
    }

    /// <inheritdoc/>
    public void Dispose() => _context.Unload();

    private static byte[] Compile(IReadOnlyList<FuzzCase> cases)
    {
        CSharpParseOptions options = new(LanguageVersion.CSharp12, DocumentationMode.Parse);
        IEnumerable<SyntaxTree> trees = cases.SelectMany((@case, number) =>
            ModelEmitter.Emit(new PlannedModel(new ClassDeclaration("Fuzzed", EquatableArray<string>.Empty, ClassName(number)), Planner.Plan(@case.ToArchitecture())))
                .Select(file => CSharpSyntaxTree.ParseText(SourceText.From(file.Text, Encoding.UTF8), options, file.HintName)));
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Fuzzed",
            trees,
            s_references,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                allowUnsafe: true,
                warningLevel: 9999,
                nullableContextOptions: NullableContextOptions.Enable));
        using MemoryStream image = new();
        EmitResult result = compilation.Emit(image);
        string[] problems = [.. result.Diagnostics.Where(static problem => problem.Severity > DiagnosticSeverity.Hidden).Take(5).Select(static problem => problem.ToString())];
        return problems.Length == 0 ? image.ToArray() : throw new InvalidOperationException("The generated code does not compile cleanly:\n" + string.Join('\n', problems));
    }

    private static string ClassName(int number) => FormattableString.Invariant($"Model{number}");

    /// <summary>The class library that the tests themselves run on, and Specializer.</summary>
    private static IEnumerable<MetadataReference> References()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string trusted = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        return trusted.Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == framework)
            .Append(typeof(TransformerAttribute).Assembly.Location)
            .Select(static path => MetadataReference.CreateFromFile(path));
    }
}

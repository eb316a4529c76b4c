using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission;
using Specializer.Generator.Planning;

namespace Specializer.Tool;

/// <summary>The code that the generator writes for a plan, compiled and loaded.</summary>
internal sealed class CompiledModel : IDisposable
{
    private const string Name = "Verified";

    private readonly AssemblyLoadContext _context = new(Name, isCollectible: true);
    private readonly MethodInfo _load;

    /// <exception cref="InvalidOperationException">The generated code does not compile, which is a mistake of the generator.</exception>
    public CompiledModel(ExecutionPlan plan)
    {
        var options = new CSharpParseOptions(LanguageVersion.CSharp12, DocumentationMode.None);
        SourceFile[] files = [.. ModelEmitter.Emit(new PlannedModel(new ClassDeclaration("", EquatableArray<string>.Empty, Name), plan))];
        Characters = files.Sum(static file => file.Text.Length);
        CSharpCompilation compilation = CSharpCompilation.Create(
            Name,
            files.Select(file => CSharpSyntaxTree.ParseText(file.Text, options, file.HintName)),
            References(),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        EmitResult result = compilation.Emit(image);
        if (!result.Success)
        {
            throw new InvalidOperationException("The generated code does not compile, which is a mistake of the generator: " + result.Diagnostics.First(static problem => problem.Severity == DiagnosticSeverity.Error));
        }

        image.Position = 0;
        Type type = _context.LoadFromStream(image).GetType(Name, throwOnError: true)!;
        _load = type.GetMethod("Load", [typeof(WeightsSource), typeof(ModelOptions)])!;
    }

    /// <summary>The size of the generated code.</summary>
    public int Characters { get; }

    /// <exception cref="WeightsException">The checkpoint does not fit.</exception>
    public TransformerModel Load(WeightsSource weights, ModelOptions options) =>
        (TransformerModel)_load.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [weights, options], CultureInfo.InvariantCulture)!;

    public void Dispose() => _context.Unload();

    private static IEnumerable<MetadataReference> References()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == framework)
            .Append(typeof(TransformerAttribute).Assembly.Location)
            .Select(static path => MetadataReference.CreateFromFile(path));
    }
}

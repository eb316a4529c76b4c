using System;
using System.Globalization;
using System.IO;
using System.Reflection;
using System.Runtime.Loader;

namespace Specializer.Tool;

/// <summary>An assembly with generated models, loaded until it is disposed.</summary>
internal sealed class GeneratedAssembly : IDisposable
{
    private readonly AssemblyLoadContext _context = new(nameof(GeneratedAssembly), isCollectible: true);
    private readonly Assembly _assembly;

    /// <param name="image">The compiled assembly.</param>
    public GeneratedAssembly(byte[] image) => _assembly = _context.LoadFromStream(new MemoryStream(image));

    /// <summary>Calls the <c>Load</c> method of a generated class; its exceptions are not wrapped.</summary>
    /// <param name="className">The class, with its namespace.</param>
    /// <param name="weights">The checkpoint.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="WeightsException">The checkpoint does not match.</exception>
    public TransformerModel Load(string className, WeightsSource weights, ModelOptions options)
    {
        Type type = _assembly.GetType(className, throwOnError: true)!;
        MethodInfo load = type.GetMethod("Load", [typeof(WeightsSource), typeof(ModelOptions)])!;
        return (TransformerModel)
            load.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [weights, options], CultureInfo.InvariantCulture)!;
    }

    /// <inheritdoc/>
    public void Dispose() => _context.Unload();
}

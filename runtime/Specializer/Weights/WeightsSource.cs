using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace Specializer;

/// <summary>Named tensors from which a model can be loaded: a file, or whatever a derived class makes of it.</summary>
/// <remarks>A model packs its weights into its own memory while it is loaded; the source may be disposed afterwards.</remarks>
public abstract class WeightsSource : IDisposable
{
    /// <summary>What error messages call the source: the path of a file.</summary>
    public abstract string Description { get; }

    /// <summary>The names of all tensors, each once.</summary>
    /// <exception cref="ObjectDisposedException">The source was disposed.</exception>
    public abstract IReadOnlyCollection<string> Names { get; }

    /// <summary>
    /// Text that the source has beside its tensors. A key that is the name of an absent tensor with the name of a present one as its
    /// text says that both are one: safetensors' <c>save_model</c> keeps shared tensors so.
    /// </summary>
    public virtual IReadOnlyDictionary<string, string> Metadata => ImmutableDictionary<string, string>.Empty;

    /// <summary>Finds a tensor by its name.</summary>
    /// <param name="name">The exact name.</param>
    /// <param name="view">The tensor; it can be read until the source is disposed.</param>
    /// <returns>Whether there is a tensor of that name.</returns>
    /// <exception cref="ObjectDisposedException">The source was disposed.</exception>
    public abstract bool TryGetTensor(string name, out TensorView view);

    /// <summary>Releases what the source holds. Views of it can be read no longer.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the derived class holds.</summary>
    /// <param name="disposing"><see langword="true"/> from <see cref="Dispose()"/>, <see langword="false"/> from a finalizer.</param>
    protected virtual void Dispose(bool disposing) { }
}

using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace Specializer;

/// <summary>Named tensors from which a model can be loaded: a file, or the source of a derived class.</summary>
/// <remarks>A model packs its weights into its own memory while it is loaded; the source can be disposed afterwards.</remarks>
public abstract class WeightsSource : IDisposable
{
    /// <summary>The name of the source in error messages: the path of a file.</summary>
    public abstract string Description { get; }

    /// <summary>The names of all tensors, each once.</summary>
    /// <exception cref="ObjectDisposedException">The source was disposed.</exception>
    public abstract IReadOnlyCollection<string> Names { get; }

    /// <summary>
    /// The texts that the source stores beside its tensors. If a key is the name of an absent tensor and its text the name of a
    /// present one, both are the same tensor. <c>save_model</c> of safetensors stores shared tensors this way.
    /// </summary>
    public virtual IReadOnlyDictionary<string, string> Metadata => ImmutableDictionary<string, string>.Empty;

    /// <summary>Finds a tensor by its name.</summary>
    /// <param name="name">The exact name.</param>
    /// <param name="view">The tensor; it can be read until the source is disposed.</param>
    /// <returns>Whether a tensor with that name exists.</returns>
    /// <exception cref="ObjectDisposedException">The source was disposed.</exception>
    public abstract bool TryGetTensor(string name, out TensorView view);

    /// <summary>Releases the resources of the source. Its views can no longer be read.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the resources of the derived class.</summary>
    /// <param name="disposing"><see langword="true"/> from <see cref="Dispose()"/>, <see langword="false"/> from a finalizer.</param>
    protected virtual void Dispose(bool disposing) { }
}

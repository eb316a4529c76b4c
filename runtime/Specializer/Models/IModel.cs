using System;

namespace Specializer;

/// <summary>A generated model, for code that loads a model whose class is a type argument.</summary>
/// <typeparam name="TSelf">The generated class.</typeparam>
/// <example>
/// <code>
/// static TModel LoadFast&lt;TModel&gt;(string checkpoint, string packed)
///     where TModel : TransformerModel, IModel&lt;TModel&gt;
/// {
///     if (File.Exists(packed))
///     {
///         return TModel.LoadPacked(packed);
///     }
///
///     TModel model = TModel.Load(checkpoint);
///     model.SavePacked(packed);
///     return model;
/// }
/// </code>
/// </example>
public interface IModel<TSelf>
    where TSelf : IModel<TSelf>
{
    /// <summary>Gets the tensors that a checkpoint of the model holds: names, shapes and alternatives.</summary>
    static abstract TensorTable Tensors { get; }

    /// <summary>Loads a checkpoint.</summary>
    /// <param name="path">A safetensors file, the index of a checkpoint in several files, or the folder that holds either.</param>
    /// <param name="options">The options of the run; <see langword="null"/> for the defaults.</param>
    /// <exception cref="WeightsException">The checkpoint is not valid, or does not hold exactly the tensors of this model.</exception>
    /// <exception cref="PlatformNotSupportedException">This process cannot run the instruction set that the options name.</exception>
    static abstract TSelf Load(string path, ModelOptions? options = null);

    /// <summary>Loads weights from any source.</summary>
    /// <param name="source">The source of the tensors. It is read during the call only.</param>
    /// <param name="options">The options of the run; <see langword="null"/> for the defaults.</param>
    /// <exception cref="WeightsException">The source does not hold exactly the tensors of this model.</exception>
    /// <exception cref="PlatformNotSupportedException">This process cannot run the instruction set that the options name.</exception>
    static abstract TSelf Load(WeightsSource source, ModelOptions? options = null);

    /// <summary>Memory-maps weights that <see cref="SavePacked"/> wrote. Nothing is converted, and only pages that are used are read.</summary>
    /// <param name="path">The file. It must not change while the model is in use.</param>
    /// <param name="options">The options of the run; <see langword="null"/> for the defaults.</param>
    /// <exception cref="WeightsException">
    /// The file does not hold packed weights, or was written for a different architecture, instruction set or version.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException">This process cannot run the instruction set that the options name.</exception>
    static abstract TSelf LoadPacked(string path, ModelOptions? options = null);

    /// <summary>Writes the weights to a file as they are packed in memory, for <see cref="LoadPacked"/>.</summary>
    /// <param name="path">
    /// The file. An existing file is replaced as a whole once everything is written. The file serves this version of the model
    /// on this <see cref="TransformerModel.InstructionSet"/> only: keep the checkpoint.
    /// </param>
    /// <exception cref="System.IO.IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    void SavePacked(string path);
}

using System;

namespace Specializer.Text;

/// <summary>A file in a model's folder is malformed, or requests something that a pipeline does not support.</summary>
public sealed class PipelineException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="place">The place in the file, such as <c>config.json.id2label</c>.</param>
    /// <param name="message">The problem.</param>
    /// <param name="innerException">The cause, or null.</param>
    public PipelineException(string place, string message, Exception? innerException = null)
        : base($"{place}: {message}", innerException)
    {
        Place = place;
    }

    /// <summary>The place in the file, such as <c>config.json.id2label</c>.</summary>
    public string Place { get; }
}

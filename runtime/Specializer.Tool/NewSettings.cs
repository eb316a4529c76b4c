namespace Specializer.Tool;

/// <summary>The settings of <c>specializer new</c>.</summary>
/// <param name="Directory">The folder of the model.</param>
/// <param name="Name">The name of the class; null to derive it from the folder.</param>
/// <param name="Namespace">The namespace; null for none.</param>
/// <param name="Output">The file to write; null for the name of the class in the current folder.</param>
/// <param name="ContextLength">The context length to write into the declaration; 0 for that of the file.</param>
/// <param name="Force">Whether to overwrite an existing file.</param>
internal sealed record NewSettings(string Directory, string? Name, string? Namespace, string? Output, int ContextLength, bool Force)
{
    /// <summary>The storage type of the weights to write into the declaration; null for none.</summary>
    public string? Storage { get; init; }
}

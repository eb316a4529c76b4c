namespace Specializer.Tool;

/// <summary>What <c>specializer new</c> is asked for.</summary>
/// <param name="Directory">The model's folder.</param>
/// <param name="Name">The name of the class; null to make one of the folder's.</param>
/// <param name="Namespace">Its namespace; null for none.</param>
/// <param name="Output">The file to write; null for the class's name beside the caller.</param>
/// <param name="ContextLength">A context length to write into the declaration; 0 for the file's own.</param>
/// <param name="Force">Whether to write over a file that is there.</param>
internal sealed record NewSettings(string Directory, string? Name, string? Namespace, string? Output, int ContextLength, bool Force);

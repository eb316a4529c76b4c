namespace Specializer.Generator.Emission;

/// <param name="HintName">The name of the generated file.</param>
/// <param name="Text">Its text.</param>
internal sealed record SourceFile(string HintName, string Text);

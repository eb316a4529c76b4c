namespace Specializer.Text;

/// <summary>A vector that a search found.</summary>
/// <param name="Index">The index of the vector, from 0.</param>
/// <param name="Score">Its score; higher is more similar.</param>
public readonly record struct VectorMatch(int Index, float Score);

namespace Specializer.Text;

/// <summary>The progress of a call of a pipeline.</summary>
/// <param name="Completed">The number of inputs that are processed.</param>
/// <param name="Total">The number of inputs of the call.</param>
public readonly record struct PipelineProgress(int Completed, int Total);

using Specializer;

/// <summary>
/// Compiled only if the folder of the model has no modules.json, which defines how the states of all tokens become one vector.
/// </summary>
[Pooling(PoolingKind.Mean, Normalize = true)]
public sealed partial class Model;

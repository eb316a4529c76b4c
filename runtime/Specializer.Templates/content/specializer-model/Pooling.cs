using Specializer;

/// <summary>Compiled only where the model's folder has no modules.json that says how the states of all tokens become one vector.</summary>
[Pooling(PoolingKind.Mean, Normalize = true)]
public sealed partial class Model;

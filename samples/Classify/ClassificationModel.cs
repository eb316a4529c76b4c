#if MODEL
using Specializer;

namespace Samples;

/// <summary>The encoder in the folder, with its head for classes.</summary>
[Transformer("config.json")]
internal sealed partial class ClassificationModel;
#endif

#if MODEL
using Specializer;

namespace Samples;

/// <summary>The encoder in the folder, with its head for the start and the end of an answer.</summary>
[Transformer("config.json")]
internal sealed partial class AnswerModel;
#endif

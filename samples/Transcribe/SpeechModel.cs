#if MODEL
using Specializer;

namespace Samples;

/// <summary>The encoder-decoder in the folder, whose source is sound.</summary>
[Transformer("config.json")]
internal sealed partial class SpeechModel;
#endif

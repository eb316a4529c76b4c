#if MODEL
using Specializer;

namespace Samples;

/// <summary>The encoder-decoder in the folder.</summary>
[Transformer("config.json")]
internal sealed partial class TranslationModel;
#endif

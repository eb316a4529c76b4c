#if MODEL
using Specializer;

namespace Samples;

/// <summary>The decoder in the folder. Add <c>ContextLength = 4096</c> to limit the memory of a session.</summary>
[Transformer("config.json")]
internal sealed partial class ServedModel;
#endif

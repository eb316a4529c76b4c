#if MODEL
using Specializer;

namespace Samples;

/// <summary>The decoder in the folder. Add <c>ContextLength = 4096</c> to limit the memory of a conversation.</summary>
[Transformer("config.json")]
internal sealed partial class ChatModel;
#endif

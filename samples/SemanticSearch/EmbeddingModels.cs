using Specializer;

namespace SemanticSearch;

/// <summary>
/// sentence-transformers/all-MiniLM-L6-v2: the mean of all states, divided by its length. The folder's modules.json declares it.
/// </summary>
[Transformer("models/minilm/config.json")]
internal sealed partial class MiniLM;

/// <summary>Snowflake/snowflake-arctic-embed-xs: the state of the first token, divided by its length.</summary>
[Transformer("models/arctic-xs/config.json")]
internal sealed partial class ArcticXs;

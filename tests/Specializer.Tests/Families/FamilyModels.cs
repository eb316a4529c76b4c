namespace Specializer.Tests.Families;

// Each model is declared by its checkpoint's own config.json. The short chunks make a prompt of 37 tokens pass in three.

[Transformer("Configurations/llama3/config.json", ChunkLength = 16)]
internal sealed partial class Llama3;

[Transformer("Configurations/mistral/config.json", ChunkLength = 16)]
internal sealed partial class Mistral;

[Transformer("Configurations/qwen2/config.json", ChunkLength = 16)]
internal sealed partial class Qwen2;

[Transformer("Configurations/qwen3/config.json", ChunkLength = 16)]
internal sealed partial class Qwen3;

[Transformer("Configurations/phi3/config.json", ChunkLength = 16)]
internal sealed partial class Phi3;

[Transformer("Configurations/gemma/config.json", ChunkLength = 16)]
internal sealed partial class Gemma;

[Transformer("Configurations/gemma2/config.json", ChunkLength = 16)]
internal sealed partial class Gemma2;

[Transformer("Configurations/gemma3/config.json", ChunkLength = 16)]
internal sealed partial class Gemma3;

[Transformer("Configurations/gpt2/config.json", ChunkLength = 16)]
internal sealed partial class Gpt2;

[Transformer("Configurations/tiny-random-gpt2/config.json", ContextLength = 32)]
internal sealed partial class TinyRandomGpt2;

[Transformer("Configurations/gptj/config.json", ChunkLength = 16)]
internal sealed partial class GptJ;

[Transformer("Configurations/gpt_neox/config.json", ChunkLength = 16)]
internal sealed partial class GptNeoX;

[Transformer("Configurations/phi/config.json", ChunkLength = 16)]
internal sealed partial class Phi;

[Transformer("Configurations/bloom/config.json", ContextLength = 256, ChunkLength = 16)]
internal sealed partial class Bloom;

[Transformer("Configurations/mpt/config.json", ChunkLength = 16)]
internal sealed partial class Mpt;

[Transformer("Configurations/falcon/config.json", ChunkLength = 16)]
internal sealed partial class Falcon;

namespace Specializer.Tests.EncoderDecoder;

// Each model is declared by its checkpoint's own config.json, or by one with its dimensions. The short chunks make a
// source of 37 tokens pass in three.

[Transformer("Configurations/t5/config.json", ContextLength = 64, SourceLength = 48, ChunkLength = 16)]
internal sealed partial class T5;

[Transformer("Configurations/t5_v11/config.json", ContextLength = 64, ChunkLength = 16)]
internal sealed partial class T5Gated;

[Transformer("Configurations/bart/config.json", ChunkLength = 16)]
internal sealed partial class Bart;

[Transformer("Configurations/marian/config.json", ChunkLength = 16)]
internal sealed partial class Marian;

[Transformer("Configurations/transformer2017/config.json", ChunkLength = 16)]
internal sealed partial class Transformer2017;

[Transformer("Configurations/whisper/config.json", ChunkLength = 16)]
internal sealed partial class Whisper;

[Transformer("Configurations/bart-g2p/config.json")]
internal sealed partial class BartPronunciation;

[Transformer("Configurations/tiny-random-t5/config.json", ContextLength = 32, SourceLength = 32)]
internal sealed partial class TinyRandomT5;

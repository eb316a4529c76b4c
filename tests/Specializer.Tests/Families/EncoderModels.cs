namespace Specializer.Tests.Families;

// Each model is declared by its checkpoint's own config.json. The short chunks make a sequence of 37 tokens pass in three.

[Transformer("Configurations/bert/config.json", ChunkLength = 16)]
internal sealed partial class Bert;

[Transformer("Configurations/bert_mlm/config.json", ChunkLength = 16)]
internal sealed partial class BertMaskedLanguageModel;

[Transformer("Configurations/bert_realistic/config.json")]
internal sealed partial class BertRealistic;

[Transformer("Configurations/roberta/config.json", ChunkLength = 16)]
internal sealed partial class Roberta;

[Transformer("Configurations/longformer/config.json", ChunkLength = 16)]
internal sealed partial class Longformer;

[Transformer("Configurations/distilbert/config.json", ChunkLength = 16)]
internal sealed partial class DistilBert;

[Transformer("Configurations/albert/config.json", ChunkLength = 16)]
internal sealed partial class Albert;

[Transformer("Configurations/vit/config.json", ChunkLength = 16)]
internal sealed partial class Vit;

/// <summary>models/albert-rxnmapper: a trained ALBERT that maps atoms of chemical reactions.</summary>
[Transformer("Configurations/albert_rxnmapper/config.json")]
internal sealed partial class AlbertRxnMapper;

using Specializer;

namespace Pronounce;

/// <summary>
/// A LLaMA-style decoder that reads the letters of an English word and writes its phonemes:
/// <c>&lt;bos&gt; k e r n e l &lt;sep&gt; K ER1 N AH0 L &lt;eos&gt;</c>. This is the whole declaration; the generator
/// writes the other part of the class, which runs this transformer and no other.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item>
/// <term><see cref="TransformerAttribute"/></term>
/// <description>
/// One stack that predicts the next token: 4 layers, hidden states 192 wide, 117 tokens (4 special ones, 29 letters and
/// 84 phonemes and remarks of the dictionary), at most 64 positions for letters and phonemes together. The embedding
/// matrix [117, 192] is also the output matrix.
/// </description>
/// </item>
/// <item>
/// <term><see cref="AttentionAttribute"/></term>
/// <description>
/// 6 query heads, 32 wide, so that queries are 192 wide; every 3 of them share one of 2 key/value heads, so that keys
/// and values are 64 wide and the cache is a third of the usual. A position sees itself and those before it.
/// </description>
/// </item>
/// <item>
/// <term><see cref="RotaryPositionsAttribute"/></term>
/// <description>Queries and keys are turned by their position; there is no position embedding.</description>
/// </item>
/// <item>
/// <term><see cref="FeedForwardAttribute"/></term>
/// <description>down(SiLU(gate(x)) · up(x)) with 512 inner values, no biases.</description>
/// </item>
/// <item>
/// <term><see cref="NormAttribute"/></term>
/// <description>RMSNorm before the attention, before the feed-forward block and after the last layer.</description>
/// </item>
/// </list>
/// Model/config.json says the same in Hugging Face's words.
/// </remarks>
[Transformer(Stack.Decoder, Layers = 4, DModel = 192, VocabularySize = 117, ContextLength = 64, TiedEmbeddings = true)]
[Attention(Heads = 6, KeyValueHeads = 2, HeadDim = 32, Mask = AttentionMask.Causal)]
[RotaryPositions(Base = 10_000)]
[FeedForward(512, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare, Epsilon = 1e-5f)]
public sealed partial class PronunciationModel;

using Specializer;

namespace Pronounce;

/// <summary>
/// A LLaMA-style decoder that reads the letters of an English word and writes its phonemes:
/// <c>&lt;bos&gt; k e r n e l &lt;sep&gt; K ER1 N AH0 L &lt;eos&gt;</c>. This is the whole declaration. The generator writes the
/// other part of the class, which runs exactly this transformer.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item>
/// <term><see cref="TransformerAttribute"/></term>
/// <description>
/// One stack that predicts the next token: 4 layers with a width of 192, 117 tokens (4 special ones, 29 letters and 84 phonemes and
/// remarks of the dictionary). Letters and phonemes share at most 64 positions. The embedding matrix [117, 192] is also the output
/// matrix.
/// </description>
/// </item>
/// <item>
/// <term><see cref="AttentionAttribute"/></term>
/// <description>
/// 6 query heads with a width of 32, so queries have a width of 192. Each of 2 key/value heads serves 3 query heads. Keys and values
/// have a width of 64, and the cache has a third of the usual size. A position attends to itself and to earlier positions.
/// </description>
/// </item>
/// <item>
/// <term><see cref="RotaryPositionsAttribute"/></term>
/// <description>Queries and keys are rotated by their position; there is no position embedding.</description>
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
/// Model/config.json declares the same model in Hugging Face's format.
/// </remarks>
[Transformer(Stack.Decoder, Layers = 4, DModel = 192, VocabularySize = 117, ContextLength = 64, TiedEmbeddings = true)]
[Attention(Heads = 6, KeyValueHeads = 2, HeadDim = 32, Mask = AttentionMask.Causal)]
[RotaryPositions(Base = 10_000)]
[FeedForward(512, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare, Epsilon = 1e-5f)]
public sealed partial class PronunciationModel;

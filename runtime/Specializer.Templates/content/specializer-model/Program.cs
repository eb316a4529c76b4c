using Specializer;

#if (hasModelFolder)
const string Weights = "MODEL_FOLDER/model.safetensors";
#else
const string Weights = "model.safetensors";
#endif
if (!File.Exists(Weights))
{
    Console.Error.WriteLine($"{Weights} does not exist in {Environment.CurrentDirectory}. Copy the weights of the model there.");
    return 1;
}

using Model model = Model.Load(Weights);
Console.WriteLine($"{model.Description.ParameterCount:N0} parameters on {model.InstructionSet} with {model.Threads} thread(s)");

// Token ids come from the tokenizer of the model, which is not part of the package. These ids are placeholders.
int[] tokens = [1, 7, 2];
using var session = model.CreateSession();
#if (isEncoder)
float[] embedding = new float[Model.OutputWidth];
session.Encode(tokens, embedding);
Console.WriteLine($"embedding of {embedding.Length} numbers: {string.Join(", ", embedding.Take(4))}, ...");
#else
var sampler = new Sampler(Model.VocabularySize, new SamplingOptions { Temperature = 0 });
Console.Write("generated tokens:");
int token = sampler.Sample(session.Prefill(tokens));
for (int i = 0; i < 8; i++)
{
    Console.Write($" {token}");
    token = sampler.Sample(session.Decode(token));
}

Console.WriteLine();
#endif
return 0;

#if (hasModelFolder)
/// <summary>The model that the config.json describes. Its tooltip in the editor shows its cost.</summary>
[Transformer("MODEL_FOLDER/config.json")]
#elseif (isEncoder)
/// <summary>
/// Change these numbers to those of your checkpoint. The tooltip of the class in the editor shows the cost of the model.
/// </summary>
[Transformer(Stack.Encoder, Layers = 4, DModel = 192, VocabularySize = 117, ContextLength = 64)]
[Attention(Heads = 6, Mask = AttentionMask.Full)]
[RotaryPositions]
[FeedForward(512, Activation.Gelu)]
[Norm(NormKind.Layer)]
#else
/// <summary>
/// Change these numbers to those of your checkpoint. The tooltip of the class in the editor shows the cost of the model.
/// </summary>
[Transformer(Stack.Decoder, Layers = 4, DModel = 192, VocabularySize = 117, ContextLength = 64, TiedEmbeddings = true)]
[Attention(Heads = 6, KeyValueHeads = 2, HeadDim = 32)]
[RotaryPositions(Base = 10_000)]
[FeedForward(512, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare, Epsilon = 1e-5f)]
#endif
#if (isEncoder && !hasModelFolder)
[Pooling(PoolingKind.Mean, Normalize = true)]
#endif
public sealed partial class Model;

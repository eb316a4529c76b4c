using Specializer;

#if (hasModelFolder)
const string Weights = "MODEL_FOLDER/model.safetensors";
#else
const string Weights = "model.safetensors";
#endif
if (!File.Exists(Weights))
{
    Console.Error.WriteLine($"There is no {Weights} in {Environment.CurrentDirectory}. Put the model's weights there.");
    return 1;
}

using Model model = Model.Load(Weights);
Console.WriteLine($"{model.Description.ParameterCount:N0} parameters on {model.InstructionSet} with {model.Threads} thread(s)");

// A decoder:    using var session = model.CreateSession();
//               ReadOnlySpan<float> logits = session.Prefill(prompt);
// An encoder:   using var session = model.CreateSession();
//               session.Encode(tokens, output);
return 0;

#if (hasModelFolder)
/// <summary>The model that the config.json describes. Hover over its name to see what it costs.</summary>
[Transformer("MODEL_FOLDER/config.json")]
#else
/// <summary>Change these numbers to those of your checkpoint. Hover over the name to see what the model costs.</summary>
[Transformer(Stack.Decoder, Layers = 4, DModel = 192, VocabularySize = 117, ContextLength = 64, TiedEmbeddings = true)]
[Attention(Heads = 6, KeyValueHeads = 2, HeadDim = 32)]
[RotaryPositions(Base = 10_000)]
[FeedForward(512, Activation.SwiGlu)]
[Norm(NormKind.RootMeanSquare, Epsilon = 1e-5f)]
#endif
public sealed partial class Model;

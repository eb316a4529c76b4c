using Specializer;
using Specializer.Text;

// The folder contains config.json, model.safetensors, and the files of the tokenizer.
const string Folder = "MODEL_FOLDER";
using Model model = Model.Load(Folder);
using SentenceEmbedder embedder = SentenceEmbedder.Load(model, Folder);
Console.WriteLine($"{model.Description.ParameterCount:N0} parameters on {model.InstructionSet} with {model.Threads} thread(s)");
string[] passages =
[
    "Bees dance to show the direction of flowers.",
    "A hash table finds an entry by computing its place from its key.",
    "The moon pulls the water of the oceans towards it.",
];
VectorIndex index = embedder.CreateIndex();
index.AddRange(embedder.Embed(passages));
string question = args.Length > 0 ? string.Join(' ', args) : "Why are there tides?";
Console.WriteLine(question);
foreach (VectorMatch match in index.Search(embedder.Embed(question), passages.Length))
{
    Console.WriteLine($"  {match.Score:F3}  {passages[match.Index]}");
}

/// <summary>The model that the config.json describes. Its tooltip in the editor shows its cost.</summary>
[Transformer("MODEL_FOLDER/config.json")]
public sealed partial class Model;

using Specializer;
using Specializer.Text;

// The folder contains config.json, model.safetensors, generation_config.json, and the files of the tokenizer.
const string Folder = "MODEL_FOLDER";
using Model model = Model.Load(Folder);
using Translator translator = Translator.Load(model, Folder);
Console.WriteLine($"{model.Description.ParameterCount:N0} parameters on {model.InstructionSet} with {model.Threads} thread(s)");

// T5 and models of several languages also require the languages, such as from: "en" and to: "de".
string text = args.Length > 0 ? string.Join(' ', args) : "The weather is nice today.";
GeneratedText translation = await translator.TranslateAsync(text);
Console.WriteLine(translation.Text);

/// <summary>The model that the config.json describes. Its tooltip in the editor shows its cost.</summary>
[Transformer("MODEL_FOLDER/config.json")]
public sealed partial class Model;

using Specializer;
using Specializer.Text;

// The folder contains config.json, model.safetensors, and the files of the tokenizer, which also contain the chat template.
const string Folder = "MODEL_FOLDER";
using Model model = Model.Load(Folder);
using TextGenerator generator = TextGenerator.Load(model, Folder);
Console.WriteLine($"{model.Description.ParameterCount:N0} parameters on {model.InstructionSet} with {model.Threads} thread(s)");
List<ChatMessage> messages = [];
for (; ; )
{
    Console.Write("you: ");
    if (Console.ReadLine() is not { Length: > 0 } line)
    {
        return;
    }

    messages.Add(new ChatMessage("user", line));
    string answer = "";
    await foreach (TextUpdate update in generator.StreamAsync(messages))
    {
        answer += update.Text;
        Console.Write(update.Text);
    }

    Console.WriteLine();
    messages.Add(new ChatMessage("assistant", answer));
}

/// <summary>The model that the config.json describes. Its tooltip in the editor shows its cost.</summary>
[Transformer("MODEL_FOLDER/config.json")]
public sealed partial class Model;

using Specializer;
using Specializer.Text;

// The folder contains config.json, model.safetensors, generation_config.json, preprocessor_config.json, and the files of the tokenizer.
const string Folder = "MODEL_FOLDER";
if (args is not [var file])
{
    Console.Error.WriteLine("Pass the path of a WAV file.");
    return 1;
}

using Model model = Model.Load(Folder);
using Transcriber transcriber = Transcriber.Load(model, Folder);
Console.WriteLine($"{model.Description.ParameterCount:N0} parameters on {model.InstructionSet} with {model.Threads} thread(s)");
foreach (TranscriptSegment segment in transcriber.Transcribe(Waveform.Load(file)).Segments)
{
    Console.WriteLine($"{segment.Start:mm\\:ss\\.f} - {segment.End:mm\\:ss\\.f}  {segment.Text.Trim()}");
}

return 0;

/// <summary>The model that the config.json describes. Its tooltip in the editor shows its cost.</summary>
[Transformer("MODEL_FOLDER/config.json")]
public sealed partial class Model;

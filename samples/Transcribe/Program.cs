using System;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using Samples;
using Specializer.Text;

Argument<string?> folder = SampleFolder.Argument();
var file = new Option<string?>("--file") { Description = "A WAV file of any rate, mono or stereo." };
var language = new Option<string?>("--language") { Description = "The language of the speech, such as de. Default: detected." };
var translate = new Option<bool>("--translate") { Description = "Translate the speech to English." };
var command = new RootCommand("Writes down the speech in a WAV file, with a model such as Whisper.") { folder, file, language, translate };
command.SetAction(result =>
{
    const string Files =
        "config.json generation_config.json model.safetensors preprocessor_config.json tokenizer.json tokenizer_config.json";
    string? found = SampleFolder.Find(result.GetValue(folder), args, "openai/whisper-tiny", Files, out int exitCode);
    if (found is null)
    {
        return exitCode;
    }

    if (result.GetValue(file) is not { } path || !File.Exists(path))
    {
        Console.Error.WriteLine("Pass an existing WAV file with --file.");
        return 1;
    }

    var options = new TranscriberOptions { Language = result.GetValue(language), Translate = result.GetValue(translate) ? true : null };
    return Transcribe(found, path, options);
});
return command.Parse(args).Invoke();

#if MODEL
static int Transcribe(string folder, string file, TranscriberOptions options)
{
    using SpeechModel model = SampleFolder.Load<SpeechModel>(folder);
    using Transcriber transcriber = Transcriber.Load(model, folder);
    Waveform sound = Waveform.Load(file);
    var clock = Stopwatch.StartNew();
    Transcript transcript = transcriber.Transcribe(sound, options);
    foreach (TranscriptSegment segment in transcript.Segments)
    {
        Console.WriteLine($"{segment.Start:mm\\:ss\\.f} - {segment.End:mm\\:ss\\.f}  {segment.Text.Trim()}");
    }

    Console.Error.WriteLine(
        $"[{sound.Duration.TotalSeconds:F1} s of sound in {clock.Elapsed.TotalSeconds:F1} s, language {transcript.Language}]"
    );
    return 0;
}
#else
static int Transcribe(string folder, string file, TranscriberOptions options) => 1;
#endif

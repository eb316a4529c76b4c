using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using Samples;
using Specializer.Text;

Argument<string?> folder = SampleFolder.Argument();
var question = new Option<string>("--question") { Description = "The question.", Required = true };
var file = new Option<string?>("--file") { Description = "The text with the answer. Without it, the text is read from the input." };
var top = new Option<int>("--top") { Description = "The number of answers to show.", DefaultValueFactory = _ => 3 };
var command = new RootCommand("Finds the part of a text that answers a question.") { folder, question, file, top };
command.SetAction(result =>
{
    const string Files = "config.json model.safetensors tokenizer.json tokenizer_config.json";
    string? found = SampleFolder.Find(
        result.GetValue(folder),
        args,
        "distilbert/distilbert-base-cased-distilled-squad",
        Files,
        out int exitCode
    );
    if (found is null)
    {
        return exitCode;
    }

    string text = result.GetValue(file) is { } path ? File.ReadAllText(path) : Console.In.ReadToEnd();
    return Answer(found, result.GetRequiredValue(question), text, result.GetValue(top));
});
return command.Parse(args.Length == 0 ? ["--question", ""] : args).Invoke();

#if MODEL
static int Answer(string folder, string question, string text, int top)
{
    using AnswerModel model = SampleFolder.Load<AnswerModel>(folder);
    using QuestionAnswerer answerer = QuestionAnswerer.Load(model, folder);
    var clock = Stopwatch.StartNew();
    IReadOnlyList<TextAnswer> answers = answerer.Answer([(question, text)], top)[0];
    TimeSpan time = clock.Elapsed;
    foreach (TextAnswer answer in answers)
    {
        string line = text[Math.Max(0, answer.Start - 40)..Math.Min(text.Length, answer.End + 40)].ReplaceLineEndings(" ");
        Console.WriteLine($"{answer.Score:P1}  {answer.Text}  (... {line} ...)");
    }

    Console.Error.WriteLine($"[{text.Length} characters in {time.TotalMilliseconds:F1} ms]");
    return 0;
}
#else
static int Answer(string folder, string question, string text, int top) => 1;
#endif

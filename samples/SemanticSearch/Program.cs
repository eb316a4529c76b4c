using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using SemanticSearch;
using Specializer;
using Specializer.Text;

var words = new Argument<string[]>("question") { Description = "The question. Without it, three questions about the sample's own files." };
var folder = new Option<string?>("--folder") { Description = "A folder of .txt and .md files. Default: the sample's own collection." };
var second = new Option<bool>("--arctic") { Description = "Use snowflake-arctic-embed-xs instead of all-MiniLM-L6-v2." };
var top = new Option<int>("--top") { Description = "The number of passages to show.", DefaultValueFactory = _ => 3 };
var command = new RootCommand("Finds the passages of text files that answer a question by meaning.") { words, folder, second, top };
command.SetAction(result =>
{
    string[] given = result.GetValue(words) ?? [];
    string[] questions =
        given.Length > 0
            ? [string.Join(' ', given)]
            : ["How do insects share where food is?", "my bike has a puncture", "Why is old toast tasty?"];
    string source = result.GetValue(folder) ?? Path.Combine(AppContext.BaseDirectory, "Passages");
    return result.GetValue(second)
        ? Search<ArcticXs>("arctic-xs", source, questions, result.GetValue(top))
        : Search<MiniLM>("minilm", source, questions, result.GetValue(top));
});
return command.Parse(args).Invoke();

static int Search<TModel>(string name, string source, string[] questions, int top)
    where TModel : TransformerModel, IModel<TModel>
{
    if (!Directory.Exists(source) || Passages(source) is not { Count: > 0 } passages)
    {
        Console.Error.WriteLine($"'{source}' contains no text. Pass a folder of .txt or .md files with --folder.");
        return 1;
    }

    string folder = Path.Combine(AppContext.BaseDirectory, "models", name);
    using TModel model = Load<TModel>(folder);
    using SentenceEmbedder embedder = SentenceEmbedder.Load(model, folder);
    var clock = Stopwatch.StartNew();
    VectorIndex index = embedder.CreateIndex();
    index.AddRange(embedder.Embed([.. passages.Select(static passage => passage.Text)]));
    Console.WriteLine($"{passages.Count} passages in {Milliseconds(clock)} on {model.InstructionSet}, {model.Threads} thread(s)");
    foreach (string question in questions)
    {
        clock.Restart();
        float[] vector = embedder.Embed(question, embedder.Prompts.ContainsKey("query") ? "query" : null);
        VectorMatch[] matches = index.Search(vector, top);
        Console.WriteLine($"\n{question}  ({Milliseconds(clock)})");
        foreach (VectorMatch match in matches)
        {
            (string place, string text) = passages[match.Index];
            Console.WriteLine($"  {match.Score:F3}  {place}: {text}");
        }
    }

    return 0;
}

// The first run packs the checkpoint for the kernels of this processor. Later runs map the packed file, which needs no conversion.
static TModel Load<TModel>(string folder)
    where TModel : TransformerModel, IModel<TModel>
{
    var clock = Stopwatch.StartNew();
    string packed = Path.Combine(folder, $"{InstructionSets.Best}.packed");
    bool isPacked = File.Exists(packed);
    TModel model = isPacked ? TModel.LoadPacked(packed) : TModel.Load(folder);
    Console.WriteLine($"{typeof(TModel).Name} loaded in {Milliseconds(clock)} from {(isPacked ? "its packed file" : "its checkpoint")}");
    if (!isPacked)
    {
        model.SavePacked(packed);
    }

    return model;
}

static List<(string Place, string Text)> Passages(string folder)
{
    var passages = new List<(string Place, string Text)>();
    IEnumerable<string> files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories);
    foreach (string file in files.Where(static path => Path.GetExtension(path) is ".txt" or ".md").Order())
    {
        string text = File.ReadAllText(file).ReplaceLineEndings("\n");
        foreach (Match paragraph in Regex.Matches(text, @"\S[^\n]*(\n[^\S\n]*\S[^\n]*)*"))
        {
            int line = text.AsSpan(0, paragraph.Index).Count('\n') + 1;
            passages.Add(($"{Path.GetRelativePath(folder, file)}:{line}", Regex.Replace(paragraph.Value, @"\s+", " ")));
        }
    }

    return passages;
}

static string Milliseconds(Stopwatch clock) => $"{clock.Elapsed.TotalMilliseconds:F1} ms";

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Threading.Tasks;
using Samples;
using Specializer;
using Specializer.Text;

Argument<string?> folder = SampleFolder.Argument();
var prompt = new Option<string?>("--prompt") { Description = "One message. Without it, messages are read from the terminal." };
var system = new Option<string?>("--system") { Description = "The instructions for the assistant." };
var length = new Option<int>("--tokens") { Description = "The length limit of an answer in tokens.", DefaultValueFactory = _ => 512 };
var greedy = new Option<bool>("--greedy") { Description = "Always select the most probable token." };
var command = new RootCommand("Chats with a decoder. Its chat template and generation settings are those of the folder.")
{
    folder,
    prompt,
    system,
    length,
    greedy,
};
command.SetAction(result =>
{
    const string Files = "config.json generation_config.json model.safetensors tokenizer.json tokenizer_config.json";
    string? found = SampleFolder.Find(result.GetValue(folder), args, "HuggingFaceTB/SmolLM2-135M-Instruct", Files, out int exitCode);
    var options = new GenerationOptions
    {
        MaximumNewTokens = result.GetValue(length),
        Sampling = result.GetValue(greedy) ? new SamplingOptions { Temperature = 0 } : null,
    };
    return found is null ? Task.FromResult(exitCode) : ChatAsync(found, result.GetValue(system), result.GetValue(prompt), options);
});
return await command.Parse(args).InvokeAsync();

#if MODEL
static async Task<int> ChatAsync(string folder, string? system, string? prompt, GenerationOptions options)
{
    using ChatModel model = SampleFolder.Load<ChatModel>(folder);
    using TextGenerator generator = TextGenerator.Load(model, folder);
    List<ChatMessage> messages = system is null ? [] : [new ChatMessage("system", system)];
    while ((prompt ?? Read()) is { Length: > 0 } message)
    {
        messages.Add(new ChatMessage("user", message));
        messages.Add(new ChatMessage("assistant", await AnswerAsync(generator, messages, options)));
        if (prompt is not null)
        {
            break;
        }
    }

    return 0;
}

// The session of the generator is kept, so the next message computes only its new tokens.
static async Task<string> AnswerAsync(TextGenerator generator, List<ChatMessage> messages, GenerationOptions options)
{
    var clock = Stopwatch.StartNew();
    TimeSpan first = default;
    string answer = "";
    await foreach (TextUpdate update in generator.StreamAsync(messages, options: options))
    {
        first = answer.Length == 0 ? clock.Elapsed : first;
        answer += update.Text;
        Console.Write(update.Text);
        if (update is { Finish: { } finish, Usage: { } usage })
        {
            double rate = usage.GeneratedTokens / Math.Max(1e-9, (clock.Elapsed - first).TotalSeconds);
            int computed = usage.PromptTokens - usage.ReusedTokens;
            Console.WriteLine();
            Console.Error.WriteLine(
                $"[{computed} prompt tokens in {first.TotalMilliseconds:F0} ms, {usage.GeneratedTokens} tokens at {rate:F1}/s, {finish}]"
            );
        }
    }

    return answer;
}

static string? Read()
{
    Console.Error.Write("\nyou (empty to end): ");
    return Console.ReadLine();
}
#else
static Task<int> ChatAsync(string folder, string? system, string? prompt, GenerationOptions options) => Task.FromResult(1);
#endif

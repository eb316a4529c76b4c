using System.CommandLine;
using System.IO;
using System.Threading.Tasks;
using Samples;
#if MODEL
using Microsoft.AspNetCore.Builder;
using Specializer.AspNetCore;
using Specializer.Serving;
#endif

Argument<string?> folder = SampleFolder.Argument();
var url = new Option<string>("--url") { Description = "The address of the server.", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
var key = new Option<string?>("--key-file") { Description = "A file with a key, which other machines require." };
var command = new RootCommand("Serves a decoder over OpenAI's routes.") { folder, url, key };
command.SetAction(result =>
{
    const string Files = "config.json generation_config.json model.safetensors tokenizer.json tokenizer_config.json";
    string? found = SampleFolder.Find(result.GetValue(folder), args, "HuggingFaceTB/SmolLM2-135M-Instruct", Files, out int exitCode);
    return found is null ? Task.FromResult(exitCode) : ServeAsync(found, result.GetValue(url)!, result.GetValue(key));
});
return await command.Parse(args).InvokeAsync();

#if MODEL
static async Task<int> ServeAsync(string folder, string url, string? keyFile)
{
    using ServedModel model = SampleFolder.Load<ServedModel>(folder);
    WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
    builder
        .Services.AddSpecializer(options =>
        {
            if (keyFile is not null)
            {
                options.Keys.Add(ApiKey.Of("default", File.ReadAllText(keyFile).Trim()));
            }
        })
        .AddDecoder(Path.GetFileName(folder), () => GenerationEngine.Load(model, folder));
    await using WebApplication app = builder.Build();
    app.MapOpenAI();
    await app.RunAsync(url);
    return 0;
}
#else
static Task<int> ServeAsync(string folder, string url, string? keyFile) => Task.FromResult(1);
#endif

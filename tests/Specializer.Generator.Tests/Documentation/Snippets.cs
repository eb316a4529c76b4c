using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.TestKit;

namespace Specializer.Generator.Tests.Documentation;

/// <summary>
/// Compiles blocks of C# of a page: declarations unchanged, and statements in a method in which the usual names have values.
/// </summary>
internal static class Snippets
{
    /// <summary>The config.json files that pages name, whatever their folder is.</summary>
    private const string Decoder = """
        { "model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64, "vocab_size": 100, "max_position_embeddings": 4096 }
        """;

    private const string Encoder = """
        {
          "model_type": "bert", "architectures": ["BertModel"], "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64,
          "vocab_size": 100, "max_position_embeddings": 128, "type_vocab_size": 2, "layer_norm_eps": 1e-12, "hidden_act": "gelu"
        }
        """;

    private const string Translator = """
        { "model_type": "t5", "d_model": 64, "num_layers": 2, "num_heads": 2, "d_kv": 32, "d_ff": 64, "vocab_size": 100 }
        """;

    private const string Listener = """
        {
          "model_type": "whisper", "d_model": 64, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 2, "decoder_attention_heads": 2,
          "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "vocab_size": 100
        }
        """;

    private const string Seer = """
        { "model_type": "vit", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64, "image_size": 32, "patch_size": 16 }
        """;

    private static readonly InMemoryText[] s_files =
    [
        .. new[] { ("smollm", Decoder), ("minilm", Encoder), ("t5", Translator), ("whisper", Listener), ("vit", Seer) }.Select(
            static file => new InMemoryText($"/project/models/{file.Item1}/config.json", file.Item2)
        ),
    ];

    /// <summary>The models of blocks that name none, by the folder of their config.json.</summary>
    private static readonly (string Name, string Folder)[] s_models =
    [
        ("SomeDecoder", "smollm"),
        ("SomeEncoder", "minilm"),
        ("SomeTranslator", "t5"),
        ("SomeSeer", "vit"),
    ];

    /// <summary>The generated code of a declaration by one of the files.</summary>
    public static GeneratorRun Generated(string declaration) => GeneratorRun.Of(TestProject.Compile(declaration), s_files);

    /// <summary>The errors of the blocks of one page, compiled together.</summary>
    public static IEnumerable<string> Errors(IReadOnlyList<string> blocks)
    {
        string[] declarations = [.. blocks.Where(IsDeclaration)];
        string[] statements = [.. blocks.Where(static block => !IsDeclaration(block)).Select(Method)];
        IEnumerable<string> models = s_models
            .Where(model => statements.Any(statement => statement.Contains(model.Name + " model", StringComparison.Ordinal)))
            .Select(static model =>
                $"[Specializer.Transformer(\"models/{model.Folder}/config.json\")]\npublic sealed partial class {model.Name};"
            );
        CSharpCompilation project = Project([
            .. declarations.Select(static block =>
                block.Contains("using Specializer;", StringComparison.Ordinal) ? block : "using Specializer;\n" + block
            ),
            .. models,
            .. statements,
        ]);
        GeneratorRun run = GeneratorRun.Of(project, s_files);
        return run
            .Output.GetDiagnostics()
            .Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic =>
                diagnostic
                + "\n"
                + diagnostic.Location.SourceTree?.GetText().Lines[diagnostic.Location.GetLineSpan().StartLinePosition.Line]
            );
    }

    /// <summary>A project with the package for text, too.</summary>
    private static CSharpCompilation Project(string[] files) =>
        TestProject.Compile(files).AddReferences(MetadataReference.CreateFromFile(typeof(Text.ChatTemplate).Assembly.Location));

    private static bool IsDeclaration(string block) => block.Contains("[Transformer(", StringComparison.Ordinal);

    private static string Method(string block, int number)
    {
        string model =
            block.Contains("var model", StringComparison.Ordinal) ? ""
            : block.Contains("CreateSession(sequences:", StringComparison.Ordinal) ? "SomeTranslator model"
            : block.Contains("session.Encode(pixels", StringComparison.Ordinal) ? "SomeSeer model"
            : block.Contains("session.Encode(", StringComparison.Ordinal) ? "SomeEncoder model"
            : "SomeDecoder model";
        return $$"""
            using System;
            using System.Collections.Generic;
            using System.Linq;
            using Specializer;
            using Specializer.Text;

            static class Snippet{{number}}
            {
                static int[] prompt = [], source = [], tokens = [];
                static int token = 0, startToken = 0;
                static float[] features = [], pixels = [], output = [];

                static void Run({{model}})
                {
                    {{block}}
                }
            }
            """;
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.SentenceTransformers;

/// <summary>
/// A folder saved by sentence-transformers. Its modules.json lists the modules that follow the transformer, each with a
/// config.json in a folder of its own. They form the head of the model: pooling, projections, normalization.
/// </summary>
internal sealed class SentenceFolder
{
    private const string Modules = "modules.json";
    private const string Configuration = "config.json";

    private readonly Dictionary<string, ConfigurationFile> _files;
    private readonly ConfigurationFile _modules;

    /// <summary>The folder of the modules.json, with a trailing slash.</summary>
    private readonly string _root;

    /// <summary>The relative folder of the transformer's config.json; usually empty.</summary>
    private readonly string _transformer;
    private readonly List<FileProblem> _problems = [];

    private SentenceFolder(Dictionary<string, ConfigurationFile> files, string root, string transformer)
    {
        _files = files;
        _modules = files[root + Modules];
        _root = root;
        _transformer = transformer;
    }

    /// <summary>The problems of the files, grouped by file and ordered by position.</summary>
    public IReadOnlyList<FileProblem> Problems => _problems;

    /// <summary>Whether the modules do not form a valid head.</summary>
    public bool IsWrong => _problems.Any(static beside => beside.Problem.Kind == ConfigurationProblemKind.Invalid);

    /// <summary>
    /// Finds the folder that contains a model's config.json; null if no modules.json is beside it, or above it with a reference
    /// to its folder.
    /// </summary>
    /// <param name="configuration">The transformer's config.json.</param>
    /// <param name="files">The project's additional files.</param>
    public static SentenceFolder? Of(ConfigurationFile configuration, IEnumerable<ConfigurationFile> files)
    {
        var byPath = new Dictionary<string, ConfigurationFile>(StringComparer.Ordinal);
        foreach (ConfigurationFile file in files)
        {
            byPath[file.Path] = file;
        }

        string folder = Parent(configuration.Path);
        if (byPath.ContainsKey(folder + Modules))
        {
            return new SentenceFolder(byPath, folder, "");
        }

        // The first versions stored the transformer in 0_Transformer.
        string above = folder.Length == 0 ? "" : Parent(folder.Substring(0, folder.Length - 1)),
            name = folder.Substring(above.Length).TrimEnd('/');
        return name.Length > 0 && name[0] == '0' && byPath.ContainsKey(above + Modules) ? new SentenceFolder(byPath, above, name) : null;
    }

    /// <summary>Returns whether a file is the config.json of a module after the transformer, which does not declare a model.</summary>
    public static bool IsModule(ConfigurationFile file)
    {
        string folder = Parent(file.Path),
            name = folder.TrimEnd('/');
        name = name.Substring(name.LastIndexOf('/') + 1);
        int digits = name.TakeWhile(static letter => letter is >= '0' and <= '9').Count();
        return file.Path.EndsWith("/" + Configuration, StringComparison.Ordinal)
            && digits > 0
            && digits < name.Length
            && name[digits] == '_'
            && file.Text.IndexOf("\"model_type\"", StringComparison.Ordinal) < 0;
    }

    /// <summary>Reads the head that the modules form; null for the states of every token, and if there are errors.</summary>
    /// <param name="width">The width of the transformer's states.</param>
    public HeadArchitecture? Read(int width)
    {
        IReadOnlyList<SentenceModule> modules = ReadModules();
        if (IsWrong)
        {
            return null;
        }

        CheckTransformer();
        var head = new SentenceHead(width);
        foreach (SentenceModule module in modules.Skip(1))
        {
            if (module.Kind is not ("Pooling" or "Dense" or "Normalize" or "Dropout"))
            {
                Collect(
                    _modules,
                    Shown(Modules),
                    module.Entry,
                    entry => entry.Require(false, "type", "one of Transformer, Pooling, Dense, Normalize and Dropout")
                );
                continue;
            }

            if (head.Misplaced(module.Kind) is { } why)
            {
                Collect(_modules, Shown(Modules), module.Entry, entry => entry.Refuse(true, "type", why));
                return null;
            }

            string name = module.Path + "/" + Configuration;
            if (_files.TryGetValue(_root + name, out ConfigurationFile? file))
            {
                Collect(file, Shown(name), null, configuration => head.Add(module, configuration, _transformer.Length == 0 ? "" : "../"));
            }
            else if (module.Kind is "Pooling" or "Dense")
            {
                Collect(
                    _modules,
                    Shown(Modules),
                    module.Entry,
                    entry =>
                        entry.Require(
                            false,
                            "path",
                            $"a folder whose {Configuration} is passed to the generator: declare the model's folder as a TransformerModel item, or add '{name}' to AdditionalFiles"
                        )
                );
            }
            else
            {
                Collect(_modules, Shown(Modules), module.Entry, entry => head.Add(module, ModelConfiguration.Empty(entry.Problems), ""));
            }
        }

        return IsWrong ? null : head.Build();
    }

    private IReadOnlyList<SentenceModule> ReadModules()
    {
        var found = new List<SentenceModule>();
        var problems = new ConfigurationProblems();
        try
        {
            JsonValue list = JsonReader.Read(_modules.Text);
            if (list.Kind != JsonKind.Array || list.Items.Count == 0 || list.Items.Any(static item => item.Kind != JsonKind.Object))
            {
                throw new ConfigurationException("the file is not an array of modules", list.Start, list.Length);
            }

            for (int at = 0; at < list.Items.Count; at++)
            {
                // The module identifies its fields in messages.
                var entry = ModelConfiguration.Of(list.Items[at], FormattableString.Invariant($"[{at}]."), problems);
                if (SentenceModule.Read(entry) is { } module)
                {
                    found.Add(module);
                }
            }

            if (!problems.Any)
            {
                SentenceModule first = found[0];
                first.Entry.Require(first.Kind == "Transformer", "type", "Transformer, because the modules that follow need its states");
                first.Entry.Require(
                    first.Path == _transformer,
                    "path",
                    $"\"{_transformer}\", the folder of the declared {Configuration}",
                    "type"
                );
            }
        }
        catch (ConfigurationException problem)
        {
            problems.Add("", problem.Message, problem.Start, problem.Length);
        }

        _problems.AddRange(problems.InOrder.Select(problem => new FileProblem(_modules, Shown(Modules), problem)));
        return found;
    }

    /// <summary>Checks the options of sentence-transformers that change the transformer's configuration or output.</summary>
    private void CheckTransformer()
    {
        string inside = _transformer.Length == 0 ? "" : _transformer + "/";
        if (_files.TryGetValue(_root + inside + "sentence_bert_config.json", out ConfigurationFile? file))
        {
            Collect(
                file,
                Shown(inside + "sentence_bert_config.json"),
                null,
                static configuration =>
                {
                    configuration.Refuse(
                        configuration.Text("transformer_task", "feature-extraction") != "feature-extraction",
                        "transformer_task",
                        "only feature-extraction, the states of tokens, is supported"
                    );
                    configuration.Refuse(
                        configuration.Text("module_output_name", "token_embeddings") != "token_embeddings",
                        "module_output_name",
                        "only token_embeddings is supported"
                    );
                    foreach (string field in new[] { "config_args", "model_args", "config_kwargs", "model_kwargs" })
                    {
                        configuration.Refuse(configuration.Section(field).Count > 0, field, "the value must be set in config.json itself");
                    }

                    // Fields of the tokenizer.
                    configuration.WithoutEffect(
                        "max_seq_length",
                        "do_lower_case",
                        "modality_config",
                        "tokenizer_args",
                        "tokenizer_name_or_path",
                        "processor_kwargs",
                        "processing_kwargs",
                        "unpad_inputs"
                    );
                    configuration.ReportOthers();
                }
            );
        }

        if (_files.TryGetValue(_root + "config_sentence_transformers.json", out file))
        {
            Collect(
                file,
                Shown("config_sentence_transformers.json"),
                null,
                static configuration =>
                {
                    configuration.Refuse(
                        configuration.Text("model_type", "SentenceTransformer")
                            is not ("SentenceTransformer" or "ColBERT" or "MultiVectorEncoder"),
                        "model_type",
                        "only SentenceTransformer models are supported"
                    );
                    // The model returns whole embeddings; SentenceEmbedder of Specializer.Text truncates them.
                    configuration.WithoutEffect("__version__", "prompts", "default_prompt_name", "similarity_fn_name", "truncate_dim");
                    configuration.ReportOthers();
                }
            );
        }
    }

    /// <summary>Reads one file, or an entry of the modules.json, and collects its problems.</summary>
    private void Collect(ConfigurationFile file, string shown, ModelConfiguration? entry, Action<ModelConfiguration> read)
    {
        try
        {
            ModelConfiguration configuration = entry ?? ModelConfiguration.Read(file.Text);
            int before = configuration.Problems.InOrder.Count;
            read(configuration);
            _problems.AddRange(configuration.Problems.InOrder.Skip(before).Select(problem => new FileProblem(file, shown, problem)));
        }
        catch (ConfigurationException problem)
        {
            _problems.Add(new FileProblem(file, shown, new ConfigurationProblem(problem.Message, problem.Start, problem.Length)));
        }
    }

    /// <summary>Returns a path relative to the folder of the declared config.json.</summary>
    private string Shown(string path) =>
        _transformer.Length == 0 ? path
        : path.StartsWith(_transformer + "/", StringComparison.Ordinal) ? path.Substring(_transformer.Length + 1)
        : "../" + path;

    /// <summary>Returns the folder of a path, with a trailing slash.</summary>
    private static string Parent(string path) => path.Substring(0, path.LastIndexOf('/') + 1);
}

using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.SentenceTransformers;

/// <summary>
/// The head formed by consecutive modules of sentence-transformers (versions 5 and 6). Without a Pooling module, projections and
/// normalization apply to every token (ColBERT).
/// </summary>
/// <param name="width">The width of the transformer's states.</param>
internal sealed class SentenceHead(int width)
{
    /// <summary>The flags of version 5 and the modes of version 6.</summary>
    private static readonly (string Flag, string Mode, PoolingKind? Pooling)[] s_modes =
    [
        ("pooling_mode_cls_token", "cls", PoolingKind.First),
        ("pooling_mode_max_tokens", "max", PoolingKind.Max),
        ("pooling_mode_mean_tokens", "mean", PoolingKind.Mean),
        ("pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens", null),
        ("pooling_mode_weightedmean_tokens", "weightedmean", PoolingKind.WeightedMean),
        ("pooling_mode_lasttoken", "lasttoken", PoolingKind.Last),
    ];

    private readonly List<ProjectionArchitecture> _projections = [];
    private PoolingKind _pooling;
    private bool _normalize;
    private int _width = width;

    /// <summary>The output that a module reads and writes unless its configuration names another.</summary>
    private string Embedding => _pooling == PoolingKind.None ? "token_embeddings" : "sentence_embedding";

    /// <summary>Returns why a module cannot follow those before it; null if it can.</summary>
    public string? Misplaced(string kind) =>
        kind switch
        {
            "Pooling" when _pooling != PoolingKind.None || _projections.Count > 0 || _normalize =>
                "exactly one pooling must follow the transformer",
            "Dense" when _normalize => "a projection after a normalization is not supported",
            "Normalize" when _normalize => "the output is already normalized",
            _ => null,
        };

    /// <summary>Adds a module.</summary>
    /// <param name="module">The entry of the modules.json.</param>
    /// <param name="configuration">Its config.json.</param>
    /// <param name="above">The relative path from the checkpoint's folder to that of the modules.json.</param>
    public void Add(SentenceModule module, ModelConfiguration configuration, string above)
    {
        switch (module.Kind)
        {
            case "Pooling":
                AddPooling(configuration);
                break;
            case "Dense":
                AddDense(module, configuration, above);
                break;
            case "Normalize":
                CheckNames(configuration, "sentence_embedding");
                _normalize = true;
                break;
        }

        configuration.ReportOthers();
    }

    /// <summary>Returns the head; null if the states of every token are returned unchanged.</summary>
    public HeadArchitecture? Build() =>
        _pooling == PoolingKind.None && _projections.Count == 0 && !_normalize
            ? null
            : new HeadArchitecture(_pooling, null, Norm: false, _normalize, null)
            {
                Projections = new EquatableArray<ProjectionArchitecture>(_projections),
            };

    private void AddPooling(ModelConfiguration configuration)
    {
        string dimension = configuration.FirstOf("embedding_dimension", "word_embedding_dimension");
        CheckWidth(configuration, dimension);
        configuration.Refuse(
            !configuration.Flag("include_prompt", true),
            "include_prompt",
            "pooling that excludes prompt tokens is not supported; add [Pooling] to pool all tokens"
        );
        configuration.WithoutEffect([.. s_modes.Select(static mode => mode.Flag)]);
        _pooling = configuration.Has("pooling_mode") ? Mode(configuration) : Flag(configuration);
    }

    /// <summary>Reads the mode of version 6: one mode, or an array of one.</summary>
    private static PoolingKind Mode(ModelConfiguration configuration)
    {
        const string Field = "pooling_mode";
        string[] given = configuration.IsText(Field)
            ? [configuration.Text(Field)]
            : [.. configuration.Items(Field).Select(static item => item.Text)];
        configuration.Refuse(given.Length > 1, Field, "more than one pooling is not supported");
        string mode = given.Length == 0 ? "" : given[0];
        (string _, string name, PoolingKind? pooling) = s_modes.FirstOrDefault(known => known.Mode == mode);
        configuration.Require(
            name is not null,
            Field,
            "one of " + string.Join(", ", s_modes.Where(static known => known.Pooling is not null).Select(static known => known.Mode))
        );
        configuration.Refuse(name is not null && pooling is null, Field, "a sum divided by the square root of the length is not supported");
        return pooling ?? PoolingKind.Mean;
    }

    /// <summary>Reads the flags of versions up to 5: one for each mode.</summary>
    private static PoolingKind Flag(ModelConfiguration configuration)
    {
        const string Mean = "pooling_mode_mean_tokens";
        (string Flag, string Mode, PoolingKind? Pooling)[] chosen = [.. s_modes.Where(mode => configuration.Flag(mode.Flag, false))];
        if (!configuration.Has(Mean))
        {
            // Up to version 5, mean pooling was added to the chosen mode; from version 6 on it is not.
            configuration.Require(
                chosen.Length == 0,
                Mean,
                "true or false, because its default beside another mode depends on the version of sentence-transformers"
            );
            return PoolingKind.Mean;
        }

        configuration.Require(chosen.Length > 0, Mean, "true, because no other pooling is chosen");
        if (chosen.Length == 0)
        {
            return PoolingKind.Mean;
        }

        configuration.Refuse(chosen.Length > 1, chosen[chosen.Length - 1].Flag, "more than one pooling is not supported");
        configuration.Refuse(chosen[0].Pooling is null, chosen[0].Flag, "a sum divided by the square root of the length is not supported");
        return chosen[0].Pooling ?? PoolingKind.Mean;
    }

    private void AddDense(SentenceModule module, ModelConfiguration configuration, string above)
    {
        CheckWidth(configuration, "in_features");
        CheckNames(configuration, "sentence_embedding");
        configuration.Refuse(
            configuration.Flag("use_residual", false),
            "use_residual",
            "a residual sum around a projection is not supported"
        );
        int outputs = configuration.Extent("out_features");
        _projections.Add(
            new ProjectionArchitecture(module.Path + "/linear", outputs, Activation(configuration), configuration.Flag("bias", true))
            {
                Folder = above + module.Path,
            }
        );
        _width = outputs;
    }

    /// <summary>Reads a class of torch by its full name; the default is the hyperbolic tangent.</summary>
    private static Architecture.Activation? Activation(ModelConfiguration configuration)
    {
        string name = configuration.Text("activation_function", "torch.nn.modules.activation.Tanh");
        return (name.StartsWith("torch.nn.", StringComparison.Ordinal) ? name.Substring(name.LastIndexOf('.') + 1) : "") switch
        {
            "Identity" => null,
            "Tanh" => Architecture.Activation.Tanh,
            "ReLU" => Architecture.Activation.Relu,
            "GELU" => Architecture.Activation.Gelu,
            "SiLU" => Architecture.Activation.Silu,
            _ => configuration.Wrong<Architecture.Activation?>(
                "activation_function",
                "one of Identity, Tanh, ReLU, GELU and SiLU of torch.nn",
                null
            ),
        };
    }

    private void CheckWidth(ModelConfiguration configuration, string field)
    {
        int given = configuration.Extent(field);
        configuration.Require(
            given == _width || !configuration.IsRight(field),
            field,
            FormattableString.Invariant($"{_width}, the width of its input")
        );
    }

    private void CheckNames(ModelConfiguration configuration, string usual)
    {
        // Without a pooling there are only token states; older files name no input.
        string input = configuration.Text(
            "module_input_name",
            _pooling == PoolingKind.None && !configuration.Has("module_input_name") ? Embedding : usual
        );
        configuration.Refuse(input != Embedding, "module_input_name", $"only \"{Embedding}\" is supported here");
        configuration.Refuse(
            configuration.Has("module_output_name") && configuration.Text("module_output_name") != input,
            "module_output_name",
            "the output must replace the input",
            "module_input_name"
        );
    }
}

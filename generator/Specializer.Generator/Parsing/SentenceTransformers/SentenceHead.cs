using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.SentenceTransformers;

/// <summary>
/// The head that the modules of sentence-transformers (5 and 6) make, one after the other. Without a Pooling module projections and
/// the normalisation are those of every token (ColBERT).
/// </summary>
/// <param name="width">The width of the transformer's states.</param>
internal sealed class SentenceHead(int width)
{
    /// <summary>The flags of version 5 and the modes of version 6.</summary>
    private static readonly (string Flag, string Mode, Pooling? Pooling)[] s_modes =
    [
        ("pooling_mode_cls_token", "cls", Pooling.First),
        ("pooling_mode_max_tokens", "max", Pooling.Max),
        ("pooling_mode_mean_tokens", "mean", Pooling.Mean),
        ("pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens", null),
        ("pooling_mode_weightedmean_tokens", "weightedmean", Pooling.WeightedMean),
        ("pooling_mode_lasttoken", "lasttoken", Pooling.Last),
    ];

    private readonly List<ProjectionArchitecture> _projections = [];
    private Pooling _pooling;
    private bool _normalize;
    private int _width = width;

    /// <summary>What a module reads and writes unless its configuration names something else.</summary>
    private string Embedding => _pooling == Pooling.None ? "token_embeddings" : "sentence_embedding";

    /// <summary>Why a module cannot follow those before it; null if it can.</summary>
    public string? Misplaced(string kind) =>
        kind switch
        {
            "Pooling" when _pooling != Pooling.None || _projections.Count > 0 || _normalize =>
                "a pooling must follow the transformer, once",
            "Dense" when _normalize => "a projection of what is normalised already is not supported",
            "Normalize" when _normalize => "it is normalised already",
            _ => null,
        };

    /// <summary>Adds a module.</summary>
    /// <param name="module">The entry of the modules.json.</param>
    /// <param name="configuration">Its config.json.</param>
    /// <param name="above">The way from the checkpoint's folder to that of the modules.json.</param>
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

    /// <summary>The head; null if the states of every token are left as they are.</summary>
    public HeadArchitecture? Build() =>
        _pooling == Pooling.None && _projections.Count == 0 && !_normalize
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
            "pooling without the tokens of a prompt is not supported; [Pooling] beside the config.json pools all tokens"
        );
        configuration.WithoutEffect([.. s_modes.Select(static mode => mode.Flag)]);
        _pooling = configuration.Has("pooling_mode") ? Mode(configuration) : Flag(configuration);
    }

    /// <summary>Version 6: one mode, or an array of one.</summary>
    private static Pooling Mode(ModelConfiguration configuration)
    {
        const string Field = "pooling_mode";
        string[] given = configuration.IsText(Field)
            ? [configuration.Text(Field)]
            : [.. configuration.Items(Field).Select(static item => item.Text)];
        configuration.Refuse(given.Length > 1, Field, "several poolings side by side are not supported");
        string mode = given.Length == 0 ? "" : given[0];
        (string _, string name, Pooling? pooling) = s_modes.FirstOrDefault(known => known.Mode == mode);
        configuration.Require(
            name is not null,
            Field,
            "one of " + string.Join(", ", s_modes.Where(static known => known.Pooling is not null).Select(static known => known.Mode))
        );
        configuration.Refuse(name is not null && pooling is null, Field, "a sum divided by the square root of the length is not supported");
        return pooling ?? Pooling.Mean;
    }

    /// <summary>Versions up to 5: a flag for each mode.</summary>
    private static Pooling Flag(ModelConfiguration configuration)
    {
        const string Mean = "pooling_mode_mean_tokens";
        (string Flag, string Mode, Pooling? Pooling)[] chosen = [.. s_modes.Where(mode => configuration.Flag(mode.Flag, false))];
        if (!configuration.Has(Mean))
        {
            // Up to version 5 the mean was added to what is chosen, from 6 on it is not.
            configuration.Require(
                chosen.Length == 0,
                Mean,
                "true or false: versions of sentence-transformers differ in what its absence means beside another mode"
            );
            return Pooling.Mean;
        }

        configuration.Require(chosen.Length > 0, Mean, "true, since no other pooling is chosen");
        if (chosen.Length == 0)
        {
            return Pooling.Mean;
        }

        configuration.Refuse(chosen.Length > 1, chosen[chosen.Length - 1].Flag, "several poolings side by side are not supported");
        configuration.Refuse(chosen[0].Pooling is null, chosen[0].Flag, "a sum divided by the square root of the length is not supported");
        return chosen[0].Pooling ?? Pooling.Mean;
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

    /// <summary>A class of torch, by its full name; the hyperbolic tangent where none is given.</summary>
    private static ActivationFunction? Activation(ModelConfiguration configuration)
    {
        string name = configuration.Text("activation_function", "torch.nn.modules.activation.Tanh");
        return (name.StartsWith("torch.nn.", StringComparison.Ordinal) ? name.Substring(name.LastIndexOf('.') + 1) : "") switch
        {
            "Identity" => null,
            "Tanh" => ActivationFunction.Tanh,
            "ReLU" => ActivationFunction.Relu,
            "GELU" => ActivationFunction.Gelu,
            "SiLU" => ActivationFunction.Silu,
            _ => configuration.Wrong<ActivationFunction?>(
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
            FormattableString.Invariant($"{_width}, the width of what it is given")
        );
    }

    private void CheckNames(ModelConfiguration configuration, string usual)
    {
        // Without a pooling there is nothing but tokens; older files name nothing.
        string input = configuration.Text(
            "module_input_name",
            _pooling == Pooling.None && !configuration.Has("module_input_name") ? Embedding : usual
        );
        configuration.Refuse(input != Embedding, "module_input_name", $"only \"{Embedding}\" is supported here");
        configuration.Refuse(
            configuration.Has("module_output_name") && configuration.Text("module_output_name") != input,
            "module_output_name",
            "only what it reads can be replaced",
            "module_input_name"
        );
    }
}

using System;
using System.Collections.Generic;
using System.IO;

namespace Specializer;

/// <summary>The matrices of an adapted layer: A is [rank, inputs], B is [outputs, rank].</summary>
/// <param name="Module">The name of the module in the model.</param>
/// <param name="Down">A.</param>
/// <param name="Up">B.</param>
/// <param name="Scale">The factor of B · A.</param>
/// <param name="IsTransposed">Whether the weights of the layer are [inputs, outputs]: Conv1D and embeddings.</param>
internal sealed record LoraUpdate(string Module, TensorView Down, TensorView Up, double Scale, bool IsTransposed);

/// <summary>A LoRA adapter in PEFT's format: adapter_config.json and adapter_model.safetensors.</summary>
/// <remarks>Source: huggingface/peft, src/peft/utils/save_and_load.py and src/peft/tuners/lora/layer.py.</remarks>
internal sealed class LoraAdapter : IDisposable
{
    private const string Prefix = "base_model.model.";

    private static readonly (string Down, string Up, bool IsEmbedding)[] s_kinds =
    [
        (".lora_A.weight", ".lora_B.weight", false),
        (".lora_embedding_A", ".lora_embedding_B", true),
    ];

    private readonly SafetensorsFile _file;

    private LoraAdapter(string folder, SafetensorsFile file)
    {
        Folder = folder;
        _file = file;
    }

    public string Folder { get; }

    /// <summary>The updates of layers.</summary>
    public List<LoraUpdate> Updates { get; } = [];

    /// <summary>The tensors that replace those of the model, or that it lacks, by their names in the model.</summary>
    public Dictionary<string, TensorView> Saved { get; } = new(StringComparer.Ordinal);

    /// <exception cref="WeightsException">A file cannot be read, is malformed, or contains something that is not supported.</exception>
    public static LoraAdapter Open(string folder)
    {
        string file = Path.Combine(folder, "adapter_model.safetensors");
        if (!File.Exists(file))
        {
            throw SafetensorsFile.Unreadable(
                folder,
                "the folder contains no adapter_model.safetensors; expected the folder of a LoRA adapter that PEFT saved as safetensors.",
                null
            );
        }

        LoraConfiguration configuration = LoraConfiguration.Read(Path.Combine(folder, "adapter_config.json"));
        var adapter = new LoraAdapter(folder, SafetensorsFile.Open(file));
        try
        {
            foreach (string name in adapter._file.Names)
            {
                adapter.Read(name, configuration);
            }

            return adapter;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    public WeightsException Error(string what) => SafetensorsFile.Unreadable(Folder, what, null);

    public void Dispose() => _file.Dispose();

    private void Read(string name, LoraConfiguration configuration)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            throw Error($"the tensor {MessageText.Quote(name)} is not supported; expected names that start with '{Prefix}'.");
        }

        foreach ((string down, string up, bool isEmbedding) in s_kinds)
        {
            if (name.EndsWith(up, StringComparison.Ordinal))
            {
                Find(name, name[..^up.Length] + down);
                return;
            }

            if (name.EndsWith(down, StringComparison.Ordinal))
            {
                string stem = name[..^down.Length];
                AddUpdate(stem[Prefix.Length..], Find(null, name), Find(name, stem + up), isEmbedding, configuration);
                return;
            }
        }

        string own = name[Prefix.Length..];
        bool isSaved = configuration.SavedModules.Exists(module => IsPartOf(own, module));
        Saved[own] = isSaved
            ? Find(null, name)
            : throw Error(
                $"the tensor {MessageText.Quote(name)} is not supported; expected lora_A, lora_B, lora_embedding_A, lora_embedding_B, or a module of \"modules_to_save\"."
            );
    }

    private void AddUpdate(string module, TensorView down, TensorView up, bool isEmbedding, LoraConfiguration configuration)
    {
        if (down.Shape.Length != 2 || up.Shape.Length != 2 || down.Shape[0] != up.Shape[1])
        {
            throw Error(
                $"the matrices of {MessageText.Quote(module)} have the shapes {TensorExtent.Format(down.Shape)} and {TensorExtent.Format(up.Shape)}; expected [rank, inputs] and [outputs, rank]."
            );
        }

        if (configuration.RankOf(module) != down.Shape[0])
        {
            throw Error(
                FormattableString.Invariant(
                    $"the matrices of {MessageText.Quote(module)} have the rank {down.Shape[0]}; adapter_config.json has {configuration.RankOf(module)} for it."
                )
            );
        }

        Updates.Add(new LoraUpdate(module, down, up, configuration.ScaleOf(module), isEmbedding || configuration.FanInFanOut));
    }

    private TensorView Find(string? partner, string name)
    {
        if (!_file.TryGetTensor(name, out TensorView view))
        {
            throw Error($"the tensor {MessageText.Quote(name)} is missing; the adapter contains {MessageText.Quote(partner!)}.");
        }

        return TensorElementTypes.IsReadable(view.ElementType)
            ? view
            : throw Error(
                $"the tensor {MessageText.Quote(name)} has elements of type {TensorElementTypes.Name(view.ElementType)}; expected F32, BF16 or F16."
            );
    }

    private static bool IsPartOf(string tensor, string module) => ("." + tensor).Contains("." + module + ".", StringComparison.Ordinal);
}

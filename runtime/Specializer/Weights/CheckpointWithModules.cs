using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Specializer;

/// <summary>A checkpoint and those of the modules beside it as one set; a module's tensors have its folder's name before theirs.</summary>
internal sealed class CheckpointWithModules : WeightsSource
{
    private readonly WeightsSource _checkpoint;
    private readonly (string Prefix, WeightsSource Source)[] _modules;

    private CheckpointWithModules(WeightsSource checkpoint, (string Prefix, WeightsSource Source)[] modules)
    {
        _checkpoint = checkpoint;
        _modules = modules;
    }

    /// <inheritdoc/>
    public override string Description => _checkpoint.Description;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Names =>
        [.. _checkpoint.Names, .. _modules.SelectMany(static module => module.Source.Names.Select(name => module.Prefix + name))];

    /// <param name="path">The checkpoint.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="modules">The folders of the modules from there.</param>
    public static CheckpointWithModules Open(string path, string folder, IReadOnlyList<string> modules)
    {
        List<WeightsSource> opened = [];
        try
        {
            opened.Add(Checkpoint.Open(path));
            List<(string Prefix, WeightsSource Source)> sources = [];
            foreach (string module in modules)
            {
                string prefix = Path.GetFileName(module) + "/";
                if (sources.Exists(source => source.Prefix == prefix))
                {
                    throw new ArgumentException($"Two modules have the folder name '{prefix[..^1]}'; give each once.", nameof(modules));
                }

                string of = Path.Combine(folder, module);
                if (!Directory.Exists(of))
                {
                    throw SafetensorsFile.Unreadable(
                        of,
                        $"there is no such folder. The model's modules.json names it, and its model.safetensors holds the weights of a projection; download it beside '{Path.GetFileName(path)}'.",
                        null
                    );
                }

                opened.Add(Checkpoint.Open(of));
                sources.Add((prefix, opened[^1]));
            }

            // Names stay told apart: no tensor of the checkpoint may look like one of a module.
            if (
                opened[0]
                    .Names.FirstOrDefault(name => sources.Exists(source => name.StartsWith(source.Prefix, StringComparison.Ordinal))) is
                { } clash
            )
            {
                throw SafetensorsFile.Unreadable(
                    path,
                    $"it holds the tensor {MessageText.Quote(clash)}, whose name is that of a module's tensor. Expected in the module's folder alone.",
                    null
                );
            }

            return new CheckpointWithModules(opened[0], [.. sources]);
        }
        catch
        {
            opened.ForEach(static source => source.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public override bool TryGetTensor(string name, out TensorView view)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach ((string prefix, WeightsSource source) in _modules)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                bool found = source.TryGetTensor(name[prefix.Length..], out view);
                view = found ? view.Named(name) : view;
                return found;
            }
        }

        return _checkpoint.TryGetTensor(name, out view);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _checkpoint.Dispose();
            foreach ((_, WeightsSource source) in _modules)
            {
                source.Dispose();
            }
        }

        base.Dispose(disposing);
    }
}

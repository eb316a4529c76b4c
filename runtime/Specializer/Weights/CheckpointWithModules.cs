using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Specializer;

/// <summary>
/// A checkpoint together with the checkpoints of the modules beside it. The names of a module's tensors start with the name of
/// its folder.
/// </summary>
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
    /// <param name="modules">The folders of the modules, relative to that folder.</param>
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
                    throw new ArgumentException($"Two modules have the folder name '{prefix[..^1]}'; pass each once.", nameof(modules));
                }

                string of = Path.Combine(folder, module);
                if (!Directory.Exists(of))
                {
                    throw SafetensorsFile.Unreadable(
                        of,
                        $"the folder does not exist. The model's modules.json names it, and its model.safetensors contains the weights of a projection; download it beside '{Path.GetFileName(path)}'.",
                        null
                    );
                }

                opened.Add(Checkpoint.Open(of));
                sources.Add((prefix, opened[^1]));
            }

            // Names must stay distinct: no tensor of the checkpoint may look like a tensor of a module.
            if (
                opened[0]
                    .Names.FirstOrDefault(name => sources.Exists(source => name.StartsWith(source.Prefix, StringComparison.Ordinal))) is
                { } clash
            )
            {
                throw SafetensorsFile.Unreadable(
                    path,
                    $"it contains the tensor {MessageText.Quote(clash)}, which has the name of a module's tensor. Expected only in the module's folder.",
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

using System;

namespace Specializer.Generator.Architecture;

/// <summary>
/// A kind of layer: the mixer, the feed-forward block, and the norms and residual connections around both. A model is a
/// sequence of kinds.
/// </summary>
/// <param name="Name">The name, an identifier; empty if there is only one kind.</param>
/// <param name="Mixer">The block that mixes positions, with everything that it depends on.</param>
/// <param name="FeedForward">The feed-forward block.</param>
/// <param name="Arrangement">The norms and residual connections around both blocks.</param>
internal sealed record LayerKind(string Name, MixerArchitecture Mixer, FeedForwardArchitecture FeedForward, LayerArrangement Arrangement)
{
    /// <summary>The mixer as attention, softmax or linear.</summary>
    /// <exception cref="InvalidOperationException">The mixer is no attention.</exception>
    public AttentionArchitecture Attention =>
        Mixer as AttentionArchitecture ?? throw new InvalidOperationException($"The mixer of '{Name}' is no attention: {Mixer}.");

    /// <summary>Whether the output of a block is normalized before it is added to the residual stream.</summary>
    public bool NormsOutputs => Arrangement is LayerArrangement.Sandwich or LayerArrangement.OutputNorm;

    /// <summary>
    /// Whether the output of a block is multiplied by a learned vector before it is added to the residual stream (Touvron et al.
    /// 2021, LayerScale).
    /// </summary>
    public bool LayerScale { get; init; }

    /// <summary>Whether a step of its own adds the output of a block to the residual stream.</summary>
    public bool AddsOutputsLater => NormsOutputs || LayerScale;

    /// <summary>The factor of the output of a block before it is added to the residual stream; 1 for none.</summary>
    public float ResidualScale { get; init; } = 1;

    /// <summary>Whether the weights of both kinds have the same shapes.</summary>
    public bool HasShapesOf(LayerKind other) =>
        Mixer.ForShapes() == other.Mixer.ForShapes()
        && FeedForward == other.FeedForward
        && Arrangement == other.Arrangement
        && LayerScale == other.LayerScale;

    /// <summary>Returns the kind with a change of its attention, or the same kind if its mixer is no attention.</summary>
    public LayerKind WithAttention(Func<AttentionArchitecture, AttentionArchitecture> change) =>
        Mixer is AttentionArchitecture attention ? this with { Mixer = change(attention) } : this;

    // A record's generated text would read Attention, which throws for other mixers.
    public override string ToString() => $"LayerKind '{Name}', {Mixer}, {FeedForward}, {Arrangement}";
}

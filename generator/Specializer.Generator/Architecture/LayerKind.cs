using System;

namespace Specializer.Generator.Architecture;

/// <summary>A block of a layer that mixes the positions of a sequence: attention is one.</summary>
internal abstract record MixerArchitecture;

/// <summary>
/// A kind of layer: the mixer, the feed-forward block, and the norms and residual connections around both. A model is a
/// sequence of kinds.
/// </summary>
/// <param name="Name">The name, an identifier; empty if there is only one kind.</param>
/// <param name="Window">The number of positions that a position attends to, including itself; 0 for all that the mask allows.</param>
/// <param name="Positions">The positions in its attention.</param>
internal sealed record LayerKind(string Name, int Window, AttentionPositions Positions)
{
    private readonly MixerArchitecture? _mixer;
    private readonly FeedForwardArchitecture? _feedForward;
    private readonly LayerArrangement? _arrangement;

    /// <summary>The block that mixes positions.</summary>
    /// <exception cref="InvalidOperationException">The kind does not belong to a model and does not declare its own.</exception>
    public MixerArchitecture Mixer
    {
        get => _mixer ?? throw Incomplete(nameof(Mixer));
        init => _mixer = value;
    }

    /// <summary>The mixer as attention, softmax or linear.</summary>
    public AttentionArchitecture Attention =>
        Mixer as AttentionArchitecture ?? throw new InvalidOperationException($"The mixer of '{Name}' is no attention: {Mixer}.");

    /// <summary>The feed-forward block.</summary>
    /// <exception cref="InvalidOperationException">The kind does not belong to a model and does not declare its own.</exception>
    public FeedForwardArchitecture FeedForward
    {
        get => _feedForward ?? throw Incomplete(nameof(FeedForward));
        init => _feedForward = value;
    }

    /// <summary>The norms and residual connections around both blocks.</summary>
    /// <exception cref="InvalidOperationException">The kind does not belong to a model and does not declare its own.</exception>
    public LayerArrangement Arrangement
    {
        get => _arrangement ?? throw Incomplete(nameof(Arrangement));
        init => _arrangement = value;
    }

    /// <summary>Whether the output of a block is normalized before it is added to the residual stream.</summary>
    public bool NormsOutputs => Arrangement is LayerArrangement.Sandwich or LayerArrangement.OutputNorm;

    /// <summary>The factor of the output of a block before it is added to the residual stream; 1 for none.</summary>
    public float ResidualScale { get; init; } = 1;

    /// <summary>The mask of the attention.</summary>
    public AttentionMask Mask { get; init; } = AttentionMask.Causal;

    /// <summary>
    /// Whether a config.json has separate fields for the rotary positions of this kind (Gemma 3's layers with a window).
    /// </summary>
    public bool OwnPositions { get; init; }

    /// <summary>In an encoder, the number of positions on each side that a position attends to; 0 for all.</summary>
    public int Band { get; init; }

    /// <summary>Whether the weights of both kinds have the same shapes.</summary>
    public bool HasShapesOf(LayerKind other) =>
        Mixer == other.Mixer && FeedForward == other.FeedForward && Arrangement == other.Arrangement;

    /// <summary>Returns the kind with parts of its model in place of those that it does not declare.</summary>
    public LayerKind Or(MixerArchitecture mixer, FeedForwardArchitecture feedForward, LayerArrangement arrangement) =>
        this with
        {
            Mixer = _mixer ?? mixer,
            FeedForward = _feedForward ?? feedForward,
            Arrangement = _arrangement ?? arrangement,
        };

    /// <summary>
    /// Returns the kind without the properties on which the code of its kernels does not depend, such as rotary bases.
    /// </summary>
    public LayerKind ForCode() => new("", Window, Positions.ForCode()) { Mask = Mask, Band = Band };

    // A record's generated text reads all properties, which throw in a kind without a model.
    public override string ToString() =>
        $"LayerKind '{Name}', window {Window}, {Positions}, {Mask}, {_mixer}, {_feedForward}, {_arrangement}";

    private InvalidOperationException Incomplete(string part) => new($"The kind '{Name}' has no {part} outside a model.");
}

using System;

namespace Specializer;

/// <summary>
/// Declares the feed-forward block of every layer: down(activation(up(x))), or down(activation(gate(x)) · up(x)) with a
/// gated activation.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class FeedForwardAttribute : Attribute
{
    /// <summary>Declares a feed-forward block.</summary>
    /// <param name="width">The inner width, d_ff; <c>intermediate_size</c>.</param>
    /// <param name="activation">The activation; gated ones have a gate projection of the same width.</param>
    public FeedForwardAttribute(int width, Activation activation)
    {
        Width = width;
        Activation = activation;
    }

    /// <summary>The inner width, d_ff; <c>intermediate_size</c>.</summary>
    public int Width { get; }

    /// <summary>The activation; <c>hidden_act</c>.</summary>
    public Activation Activation { get; }

    /// <summary>Whether the linear layers add a bias. The default is false.</summary>
    public bool Bias { get; set; }
}

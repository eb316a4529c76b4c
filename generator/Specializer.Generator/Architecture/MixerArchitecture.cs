namespace Specializer.Generator.Architecture;

/// <summary>
/// A block of a layer that mixes the positions of a sequence. It owns everything that its computation depends on; attention, for
/// example, owns its heads, mask, window, positions and scale.
/// </summary>
internal abstract record MixerArchitecture
{
    /// <summary>Returns the mixer without the properties on which the shapes of its weights do not depend.</summary>
    public abstract MixerArchitecture ForShapes();
}

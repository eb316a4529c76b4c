namespace Specializer;

/// <summary>How the frequencies of rotary positions are changed for contexts longer than the model was first trained for.</summary>
public enum FrequencyScaling
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Every frequency divided by the factor (Chen et al. 2023, position interpolation).</summary>
    Linear,

    /// <summary>
    /// The base multiplied with Factor^(d / (d − 2)), d being the rotary width: high frequencies stay, the lowest is
    /// divided by the factor ("NTK-aware" interpolation, bloc97 2023; Peng et al. 2023, section 3.1).
    /// </summary>
    Ntk,

    /// <summary>Low frequencies divided by the factor, high ones kept, a ramp between (LLaMA 3.1).</summary>
    Llama3,

    /// <summary>Interpolation by wavelength, and longer queries and keys (Peng et al. 2023, YaRN).</summary>
    Yarn,
}

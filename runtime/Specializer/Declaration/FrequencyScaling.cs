#if GENERATOR
namespace Specializer.Generator.Architecture;

#else
namespace Specializer;

#endif

/// <summary>Specifies the scaling of rotary frequencies for contexts longer than the original context of the model.</summary>
#if GENERATOR
internal
#else
public
#endif
enum FrequencyScaling
{
    /// <summary>No scaling.</summary>
    None,

    /// <summary>Position interpolation: every frequency is divided by the factor (Chen et al. 2023).</summary>
    Linear,

    /// <summary>
    /// NTK-aware interpolation (bloc97 2023; Peng et al. 2023, section 3.1): the base is multiplied by Factor^(d / (d − 2)),
    /// where d is the rotary dimension. High frequencies are unchanged, and the lowest frequency is divided by the factor.
    /// </summary>
    Ntk,

    /// <summary>
    /// LLaMA 3.1: low frequencies are divided by the factor, high frequencies are unchanged, with a linear ramp between them.
    /// </summary>
    Llama3,

    /// <summary>YaRN: interpolation by wavelength, with scaled queries and keys (Peng et al. 2023).</summary>
    Yarn,
}

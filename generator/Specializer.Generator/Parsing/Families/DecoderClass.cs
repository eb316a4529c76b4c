using System;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>Which of a decoder family's classes a checkpoint is of, as <c>architectures</c> says.</summary>
internal static class DecoderClass
{
    /// <summary>Gives a decoder the head of the class that the file names; XForCausalLM where it names none.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="family">What the names of the classes begin with.</param>
    /// <param name="model">The decoder with logits.</param>
    public static TransformerArchitecture Apply(ModelConfiguration configuration, string family, TransformerArchitecture model) =>
        Apply(configuration, family, family + "ForCausalLM", model);

    /// <inheritdoc cref="Apply(ModelConfiguration, string, TransformerArchitecture)"/>
    /// <param name="configuration">The configuration.</param>
    /// <param name="family">What the names of the classes begin with.</param>
    /// <param name="causal">The name of the class with logits.</param>
    /// <param name="model">The decoder with logits.</param>
    public static TransformerArchitecture Apply(ModelConfiguration configuration, string family, string causal, TransformerArchitecture model)
    {
        configuration.Refuse(
            !configuration.Flag("is_causal", true), "is_causal", "a decoder whose positions see those after them is not supported for this family");
        string name = ModelClass.Name(configuration, causal);
        ModelClass.Require(configuration, name, [causal]);
        return model;
    }
}

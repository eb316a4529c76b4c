using System;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>The heads that Hugging Face's encoder classes have.</summary>
internal enum EncoderHead
{
    /// <summary>XModel: the states, and a pooled one.</summary>
    Pooler,

    /// <summary>XForMaskedLM.</summary>
    MaskedLanguageModel,

    /// <summary>XForSequenceClassification.</summary>
    SequenceClassification,

    /// <summary>XForTokenClassification.</summary>
    TokenClassification,
}

/// <summary>Which of a family's classes a checkpoint is of, as <c>architectures</c> says.</summary>
/// <param name="Kind">Its head.</param>
/// <param name="Prefix">What the names of the body's tensors begin with: nothing for the bare model.</param>
internal sealed record EncoderClass(EncoderHead Kind, string Prefix)
{
    /// <param name="configuration">The configuration.</param>
    /// <param name="family">What the names of the classes begin with.</param>
    /// <param name="prefix">What the names of the body's tensors begin with if there is a head.</param>
    public static EncoderClass Of(ModelConfiguration configuration, string family, string prefix)
    {
        string[] classes = [.. configuration.Items("architectures").Select(static item => item.Text)];
        string name = classes.Length == 0 ? family + "Model" : classes[0];
        (string Name, EncoderHead Head)[] known =
        [
            (family + "Model", EncoderHead.Pooler),
            (family + "ForMaskedLM", EncoderHead.MaskedLanguageModel),
            (family + "ForSequenceClassification", EncoderHead.SequenceClassification),
            (family + "ForTokenClassification", EncoderHead.TokenClassification),
        ];
        int at = Array.FindIndex(known, found => found.Name == name);
        configuration.Require(at >= 0, "architectures", "an array that begins with one of " + string.Join(", ", known.Select(static found => found.Name)));
        EncoderHead head = known[Math.Max(at, 0)].Head;
        return new EncoderClass(head, head == EncoderHead.Pooler ? "" : prefix);
    }

    /// <summary>The head as BERT has it: dense layers as wide as the states.</summary>
    public HeadArchitecture Head(ModelConfiguration configuration, int width, string activation = "hidden_act") => Kind switch
    {
        EncoderHead.MaskedLanguageModel => new HeadArchitecture(
            Pooling.None,
            new DenseArchitecture(width, configuration.Activation(activation, "gelu")),
            Norm: true,
            Normalize: false,
            new OutputArchitecture(configuration.Extent("vocab_size"), Tied: true, Bias: true)),
        EncoderHead.SequenceClassification => new HeadArchitecture(
            Pooling.First, new DenseArchitecture(width, ActivationFunction.Tanh), Norm: false, Normalize: false, new OutputArchitecture(Labels(configuration), Tied: false, Bias: true)),
        EncoderHead.TokenClassification => new HeadArchitecture(
            Pooling.None, null, Norm: false, Normalize: false, new OutputArchitecture(Labels(configuration), Tied: false, Bias: true)),
        _ => new HeadArchitecture(Pooling.First, new DenseArchitecture(width, ActivationFunction.Tanh), Norm: false, Normalize: false, null),
    };

    /// <summary>The number of labels: <c>num_labels</c>, or the entries of <c>id2label</c>, or two.</summary>
    public static int Labels(ModelConfiguration configuration)
    {
        int named = configuration.Section("id2label").Count;
        int labels = configuration.Extent("num_labels", named == 0 ? 2 : named);
        configuration.Require(named == 0 || named == labels, "num_labels", named.ToString(CultureInfo.InvariantCulture) + ", as many as \"id2label\" names", "id2label");
        return labels;
    }
}

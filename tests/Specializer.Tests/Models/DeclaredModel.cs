using System;
using System.Reflection;
using Specializer.Oracle;
using Specializer.Tests.Oracle;

namespace Specializer.Tests.Models;

/// <summary>A model declared for the tests: its generated class, and the same architecture for the oracle.</summary>
internal sealed class DeclaredModel
{
    private const int Seed = 2017;

    private readonly Func<WeightsSource, ModelOptions?, IDecoderModel> _load;
    private readonly Lazy<ArchitectureOracle> _oracle;

    /// <summary>A model of the given class, which <paramref name="load"/> loads.</summary>
    public DeclaredModel(Type declaration, Func<WeightsSource, ModelOptions?, IDecoderModel> load)
    {
        Class = declaration;
        _load = load;
        Attention = Part<AttentionAttribute>() ?? throw new ArgumentException($"{Name} declares no attention.", nameof(declaration));
        Architecture = ReadArchitecture();
        _oracle = new Lazy<ArchitectureOracle>(() =>
        {
            using RandomWeights weights = RandomWeights();
            return Architecture.Oracle(OracleWeights.Read(weights));
        });
    }

    /// <summary>The class on which the model is declared.</summary>
    public Type Class { get; }

    /// <summary>The name of the class.</summary>
    public string Name => Class.Name;

    /// <summary>The declared architecture, for the oracle.</summary>
    public DecoderArchitecture Architecture { get; }

    /// <summary>The declared attention.</summary>
    public AttentionAttribute Attention { get; }

    /// <summary>The declared context.</summary>
    public int ContextLength => Transformer.ContextLength;

    /// <summary>The factor of q·k.</summary>
    public float Scale => Attention.Scale == 0 ? (float)Specializer.Oracle.Attention.Scale(Architecture.HeadDim) : Attention.Scale;

    private TransformerAttribute Transformer => Part<TransformerAttribute>()!;

    /// <summary>A public constant of the generated class.</summary>
    public long Constant(string name)
    {
        FieldInfo? field = Class.GetField(name, BindingFlags.Public | BindingFlags.Static);
        return field is { IsLiteral: true } && field.GetRawConstantValue() is IConvertible value
            ? value.ToInt64(null)
            : throw new ArgumentException($"{Name} has no public constant {name}.", nameof(name));
    }

    /// <summary>Loads the model.</summary>
    public IDecoderModel Load(WeightsSource source, ModelOptions? options = null) => _load(source, options);

    /// <summary>Loads the model with the random weights that <see cref="Reference"/> has too.</summary>
    public IDecoderModel LoadRandom(ModelOptions? options = null)
    {
        using RandomWeights weights = RandomWeights();
        return _load(weights, options);
    }

    /// <summary>Loads the model with random weights for an instruction set and a number of threads.</summary>
    public IDecoderModel LoadRandom(InstructionSet instructionSet, int threads = 1) =>
        LoadRandom(new ModelOptions { InstructionSet = instructionSet, Threads = threads });

    /// <summary>The random weights of the model, the same every time.</summary>
    public RandomWeights RandomWeights() => new(Architecture, Seed, Storage);

    /// <summary>The type in which the model holds its matrices.</summary>
    public WeightStorage Storage => Transformer.WeightStorage;

    /// <summary>The expected results of the model with the random weights.</summary>
    public OracleRun Reference(ReadOnlySpan<int> tokens) => _oracle.Value.Run(tokens.ToArray());

    /// <summary>Random tokens of the vocabulary, the same every time.</summary>
    public int[] RandomTokens(int count)
    {
        Random random = new(Seed);
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++)
        {
            tokens[i] = random.Next(Architecture.VocabularySize);
        }

        return tokens;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private DecoderArchitecture ReadArchitecture()
    {
        FeedForwardAttribute feedForward =
            Part<FeedForwardAttribute>() ?? throw new InvalidOperationException($"{Name} declares no feed-forward block.");
        NormAttribute norm = Part<NormAttribute>() ?? throw new InvalidOperationException($"{Name} declares no norm.");
        RotaryPositionsAttribute? rotary = Part<RotaryPositionsAttribute>();
        int headDimension = Attention.HeadDim == 0 ? Transformer.DModel / Attention.Heads : Attention.HeadDim;
        (OracleActivation activation, bool gated) = feedForward.Activation switch
        {
            Activation.Relu => (OracleActivation.Relu, false),
            Activation.Gelu => (OracleActivation.Gelu, false),
            Activation.GeluTanh => (OracleActivation.GeluTanh, false),
            Activation.GeluQuick => (OracleActivation.GeluQuick, false),
            Activation.Silu => (OracleActivation.Silu, false),
            Activation.SquaredRelu => (OracleActivation.SquaredRelu, false),
            Activation.ReGlu => (OracleActivation.Relu, true),
            Activation.GeGlu => (OracleActivation.Gelu, true),
            Activation.GeGluTanh => (OracleActivation.GeluTanh, true),
            Activation.SwiGlu => (OracleActivation.Silu, true),
            _ => throw new InvalidOperationException($"The oracle knows no activation {feedForward.Activation}."),
        };
        return new DecoderArchitecture
        {
            Layers = Transformer.Layers,
            Width = Transformer.DModel,
            Heads = Attention.Heads,
            KeyValueHeads = Attention.KeyValueHeads == 0 ? Attention.Heads : Attention.KeyValueHeads,
            HeadDim = headDimension,
            FeedForwardWidth = feedForward.Width,
            VocabularySize = Transformer.VocabularySize,
            Activation = activation,
            Gated = gated,
            Norm = norm.Kind == NormKind.Layer ? OracleNorm.Layer : OracleNorm.RootMeanSquare,
            NormEpsilon = norm.Epsilon,
            Scale = Attention.Scale == 0 ? null : Attention.Scale,
            Rotary = rotary is null
                ? null
                : new OracleRotary(
                    rotary.Base,
                    rotary.Pairing == RotaryPairing.Interleaved ? OraclePairing.Interleaved : OraclePairing.HalfSplit,
                    rotary.RotaryDim == 0 ? headDimension : rotary.RotaryDim
                ),
            TiedEmbeddings = Transformer.TiedEmbeddings,
            LinearAttention = Attention.Form == AttentionForm.Linear,
            QueryBias = Attention.QueryKeyValueBias,
            KeyBias = Attention.QueryKeyValueBias,
            ValueBias = Attention.QueryKeyValueBias,
            OutputBias = Attention.OutputBias,
            FeedForwardBias = feedForward.Bias,
        };
    }

    private TPart? Part<TPart>()
        where TPart : Attribute => Class.GetCustomAttribute<TPart>();
}

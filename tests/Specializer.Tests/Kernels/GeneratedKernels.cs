using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using Specializer.Oracle;
using Specializer.Tests.Models;

namespace Specializer.Tests.Kernels;

/// <summary>All kernels that were generated for a model on one instruction set, found by their names, so that none goes untested.</summary>
internal sealed unsafe partial class GeneratedKernels
{
    private readonly DeclaredModel _model;
    private readonly Type _kernels;

    /// <summary>The kernels of a model for an instruction set.</summary>
    public GeneratedKernels(DeclaredModel model, InstructionSet instructionSet)
    {
        _model = model;
        _kernels = Nested(model, instructionSet + "Kernels");
    }

    /// <summary>The linear kernels.</summary>
    public IEnumerable<LinearKernel> Linear => Names(_model).Select(ReadLinear).OfType<LinearKernel>();

    /// <summary>The norm.</summary>
    public RowsFunction Norm => Function<RowsFunction>(Names(_model).Single(name => NormName().IsMatch(name)));

    /// <summary>The look-up of embeddings.</summary>
    public EmbedFunction Embed => Function<EmbedFunction>(Names(_model).Single(name => EmbedName().IsMatch(name)));

    /// <summary>The search for the highest logit.</summary>
    public HighestFunction Highest => Function<HighestFunction>(Names(_model).Single(name => HighestName().IsMatch(name)));

    /// <summary>Attention over the cache.</summary>
    public AttendFunction Attend => Function<AttendFunction>("Attend");

    /// <summary>Rotation and appending to the cache.</summary>
    public AppendFunction Append
    {
        get
        {
            if (_model.Architecture.Rotary is not null)
            {
                return Function<AppendFunction>("AppendKeysAndValues");
            }

            PlainAppendFunction append = Function<PlainAppendFunction>("AppendKeysAndValues");
            return (projected, _, queries, keys, values, position, rows, worker, workers) =>
                append(projected, queries, keys, values, position, rows, worker, workers);
        }
    }

    /// <summary>The names of all kernels of a model.</summary>
    public static IReadOnlyList<string> Names(DeclaredModel model) =>
        [.. Nested(model, "IKernels").GetMethods().Select(method => method.Name)];

    /// <summary>Whether these tests support the kind of a kernel.</summary>
    public static bool IsKnown(string name) =>
        LinearName().IsMatch(name)
        || NormName().IsMatch(name)
        || EmbedName().IsMatch(name)
        || HighestName().IsMatch(name)
        || name is "Attend" or "AppendKeysAndValues";

    private static Type Nested(DeclaredModel model, string name) =>
        model.Class.GetNestedType(name, BindingFlags.NonPublic)
        ?? throw new ArgumentException($"{model.Name} has no nested type {name}.", nameof(name));

    private LinearKernel? ReadLinear(string name)
    {
        Match match = LinearName().Match(name);
        if (!match.Success)
        {
            return null;
        }

        int inputs = int.Parse(match.Groups["inputs"].ValueSpan, CultureInfo.InvariantCulture);
        int outputs = int.Parse(match.Groups["outputs"].ValueSpan, CultureInfo.InvariantCulture);
        bool bias = match.Groups["bias"].Success;
        bool adds = match.Groups["add"].Success;
        OracleActivation? activation = match.Groups["activation"].Success
            ? Enum.Parse<OracleActivation>(match.Groups["activation"].ValueSpan)
            : null;
        DecoderArchitecture a = _model.Architecture;

        // Logits are as close as vectors allow, because the caller receives them. All other rows are distributed over the cache.
        bool isProjection = outputs == (a.Heads + (2 * a.KeyValueHeads)) * a.HeadDimension;
        bool isLogits = inputs == a.Width && outputs == a.VocabularySize && !isProjection && !bias && !adds && activation is null;
        int stride = isLogits ? KernelLayout.Pad(outputs) : KernelLayout.RowStride(outputs);

        LinearFunction function;
        if (bias)
        {
            function = Function<LinearFunction>(name);
        }
        else
        {
            RowsFunction unbiased = Function<RowsFunction>(name);
            function = (input, weights, _, output, rows, worker, workers) => unbiased(input, weights, output, rows, worker, workers);
        }

        return new LinearKernel(
            name,
            inputs,
            outputs,
            stride,
            match.Groups["gated"].Success,
            bias,
            activation,
            adds,
            _model.Storage,
            function
        );
    }

    private TFunction Function<TFunction>(string name)
        where TFunction : Delegate =>
        (
            _kernels.GetMethod(name, BindingFlags.Public | BindingFlags.Static)
            ?? throw new ArgumentException($"{_kernels} has no kernel {name}.", nameof(name))
        ).CreateDelegate<TFunction>();

    [GeneratedRegex(
        "^(?<gated>Gated)?Linear(?<inputs>\\d+)To(?<outputs>\\d+)(?<bias>Bias)?(?<activation>Relu|SquaredRelu|Gelu|GeluTanh|GeluQuick|Silu)?(?<add>Add)?(?<storage>BFloat16|Float16)?$"
    )]
    private static partial Regex LinearName();

    [GeneratedRegex("^(RootMeanSquare|Layer)Norm\\d+$")]
    private static partial Regex NormName();

    [GeneratedRegex("^Embed\\d+$")]
    private static partial Regex EmbedName();

    [GeneratedRegex("^HighestOf\\d+$")]
    private static partial Regex HighestName();
}

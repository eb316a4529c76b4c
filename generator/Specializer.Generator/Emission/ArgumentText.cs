using System;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Kernels;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>Spells the calls of kernels, and the values that they are given, in the code of a session.</summary>
/// <param name="plan">The plan whose buffers the values refer to.</param>
internal sealed class ArgumentText(ExecutionPlan plan)
{
    /// <summary>Returns a call as an expression.</summary>
    public string Call(KernelCall call) =>
        $"TKernels.{KernelNames.Of(call.Kernel)}({string.Join(", ", call.Arguments.Select(argument => Of(argument, call.Scope)))})";

    private string Of(Argument argument, CallScope scope) =>
        argument switch
        {
            BufferArgument { Buffer.Role: BufferRole.Logits } => "Logits",
            BufferArgument buffer => Buffer(buffer.Buffer),
            SequenceRowsArgument rows when scope == CallScope.EachInput =>
                $"{Identifiers.VariableOf(rows.Buffer)} + (input.FirstRow * {Text(rows.RowStride)})",
            InputCacheArgument cache =>
                $"{Identifiers.VariableOf(cache.Buffer)} + (input.FirstCachePosition * {Text(cache.PositionFloats)})",
            SequenceRowsArgument rows => $"{Identifiers.VariableOf(rows.Buffer)} + (sequence * sequenceRows * {Text(rows.RowStride)})",
            SequenceCacheArgument cache => "cache + " + Identifiers.VariableOf(cache.Buffer),
            GlobalRowsArgument rows => $"{Identifiers.VariableOf(rows.Buffer)} + ((nint)firstGlobal * {Text(rows.RowStride)})",
            SharedRowsArgument rows => Identifiers.VariableOf(rows.Buffer),
            WorkerRowArgument row => $"{Identifiers.VariableOf(row.Buffer)} + (worker * {Text(row.RowStride)})",
            AllPositionsArgument buffer => "Memory + " + Identifiers.OffsetOf(buffer.Buffer),
            WeightArgument weight => (weight.Weight.PerLayer ? "layerWeights + " : "weights + ") + Identifiers.Of(weight.Weight),
            WeightByLengthArgument choice =>
                $"weights + ({UsesLong(choice, scope)} ? {Identifiers.Of(choice.Long)} : {Identifiers.Of(choice.Short)})",
            LayerScaleArgument scale => scale.Factor.ToString("R", CultureInfo.InvariantCulture) + "f / (layer + 1)",
            ConstantArgument constant => Text(constant.Value),
            SessionArgument session => Session(session.Value, scope),
            _ => throw new NotSupportedException(argument.GetType().Name),
        };

    private static string UsesLong(WeightByLengthArgument choice, CallScope scope) =>
        scope == CallScope.EachSequence
            ? "UsesLongFactors(sequence)"
            : $"{(scope == CallScope.EachInput ? "input.Length" : "length")} > {Text(choice.Threshold)}";

    /// <summary>The rows of a worker, which also contain a chunk of one row, if each worker has its own.</summary>
    private string Buffer(BufferRef buffer)
    {
        string variable = Identifiers.VariableOf(buffer);
        return plan.Buffer(buffer) is { RowPerWorker: true } own
            ? $"rows == 1 ? {variable} + (worker * {Text(own.RowStride)}) : {variable}"
            : variable;
    }

    private static string Session(SessionValue value, CallScope scope) =>
        (value, scope) switch
        {
            (SessionValue.Tokens, CallScope.EachSequence) => "Tokens + (sequence * sequenceRows)",
            (SessionValue.Tokens, _) => "Tokens",
            (SessionValue.GivenIndices, _) => "GivenIndices",
            (SessionValue.Position, CallScope.GivenRows) => "0",
            (SessionValue.Rows, CallScope.GivenRows) => "GivenRows",
            (SessionValue.ChunkTokens, CallScope.EachInput) => "Tokens + input.FirstToken + position",
            (SessionValue.TokenTypes, CallScope.EachInput) => "TokenTypes is null ? null : TokenTypes + input.FirstToken + position",
            (SessionValue.Length, CallScope.EachInput) => "input.Length",
            (SessionValue.Rows, CallScope.EachInput) => "input.Rows",
            (SessionValue.InputTokens, CallScope.EachInput) => "Tokens + input.FirstToken",
            (SessionValue.InputTokens, _) => "Tokens",
            (SessionValue.ChunkTokens, _) => "Tokens + position",
            (SessionValue.SourceTokens, _) => "SourceTokens + position",
            (SessionValue.TokenTypes, _) => "TokenTypes is null ? null : TokenTypes + position",
            (SessionValue.Pixels, _) => "Pixels",
            (SessionValue.Features, _) => "Features",
            (SessionValue.FrameCount, _) => "Frames",
            (SessionValue.GlobalsBefore, _) => "globalsBefore",
            (SessionValue.GlobalsBeforeChunk, _) => "globalsBefore + position",
            (SessionValue.Position, CallScope.EachSequence) => "PositionOf(sequence)",
            (SessionValue.Position, _) => "position",
            (SessionValue.Length, _) => "length",
            (SessionValue.SourceLength, _) => "EncodedLength",
            (SessionValue.PrefixLength, _) => "PrefixOf(sequence)",
            (SessionValue.Rows, CallScope.EachSequence) => "sequenceRows",
            (SessionValue.Rows, CallScope.GlobalTokens) => "globalRows",
            (SessionValue.Rows, _) => "rows",
            (SessionValue.Worker, _) => "worker",
            (SessionValue.Workers, _) => "workers",
            _ => throw new NotSupportedException(value.ToString()),
        };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

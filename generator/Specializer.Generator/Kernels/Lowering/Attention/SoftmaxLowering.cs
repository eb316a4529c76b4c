using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>Lowers the methods of the online softmax over one query's scores of a block.</summary>
internal static class SoftmaxLowering
{
    public const string HighestName = "HighestScore";

    public const string WeighName = "WeighScores";

    /// <summary>
    /// The weight of a score: e to the power of its difference from the highest score, as a power of two. The difference is
    /// small where it matters, however large the scores are.
    /// </summary>
    public static Expr Weight(RequiredFunctions functions, Vectors vectors, Expr score, Expr highest) =>
        functions.PowerOfTwo((highest - score) * vectors.Broadcast("-1.44269504"));

    /// <summary>Finds the highest score.</summary>
    public static KernelMethod LowerHighest(InstructionSetDescription target)
    {
        Vectors vectors = target.Vectors;
        var code = new CodeBuilder();
        Variable scores = code.Pointer("scores"),
            visible = code.Int("visible"),
            before = code.Parameter("before", DataType.Float),
            whole = code.Let("whole", WholeVectors(visible, target)),
            highest = code.Let("highest", vectors.Broadcast(before));
        code.For("i", 0, whole, vectors.Lanes, i => code.Set(highest, vectors.MaximumNative(highest, vectors.Load(scores.At(i)))));
        code.If(
            whole < visible,
            () =>
            {
                Variable seen = code.Let("seen", MaskOfRest(vectors, visible, whole));
                code.Set(highest, vectors.MaximumNative(highest, vectors.Choose(seen, vectors.Load(scores.At(whole)), highest)));
            }
        );
        code.Return(HighestLane(code, target, highest));
        return code.Method(
            HighestName,
            DataType.Float,
            comment: "The highest of one query's visible scores of a block, or of those before."
        );
    }

    /// <summary>Converts scores to weights.</summary>
    public static KernelMethod LowerWeigh(InstructionSetDescription target, RequiredFunctions functions)
    {
        Vectors vectors = target.Vectors;
        int lanes = vectors.Lanes;
        var code = new CodeBuilder();
        Variable scores = code.Pointer("scores"),
            visible = code.Int("visible"),
            count = code.Int("count"),
            highest = code.Parameter("highest", DataType.Float),
            whole = code.Let("whole", WholeVectors(visible, target)),
            key = code.Let("key", 0),
            top = code.Let("top", vectors.Broadcast(highest)),
            total = code.Let("total", vectors.Zero);
        Expr place = scores.At(key),
            weightOfKey = Weight(functions, vectors, vectors.Load(place), top);
        void StoreWeight(Expr value)
        {
            Variable weight = code.Let("weight", value);
            code.Store(weight, place);
            code.Add(total, weight);
        }

        code.Loop([], key < whole, [CodeBuilder.Step(key, lanes)], () => StoreWeight(weightOfKey));
        code.If(
            whole < visible,
            () =>
            {
                Variable seen = code.Let("seen", MaskOfRest(vectors, visible, whole));
                StoreWeight(weightOfKey & seen);
                code.Add(key, lanes);
            }
        );
        code.Loop([], key < count, [CodeBuilder.Step(key, lanes)], () => code.Store(vectors.Zero, place));
        code.Return(total);
        return code.Method(
            WeighName,
            vectors.Type,
            Compilation.Inlined,
            "Converts one query's scores of a block to weights relative to the highest score, 0 from 'visible' on; sums them lane by lane."
        );
    }

    /// <summary>The number of scores in whole vectors.</summary>
    private static Expr WholeVectors(Expr visible, InstructionSetDescription target) => visible & ~(Expr)(target.Lanes - 1);

    /// <summary>All bits set in the lanes of the visible scores after the whole vectors.</summary>
    private static Expr MaskOfRest(Vectors vectors, Expr visible, Expr whole) =>
        vectors.AsFloat(vectors.LessThan(vectors.Indices, vectors.BroadcastInteger(visible - whole)));

    /// <summary>The highest lane: of halves down to 128 bits, then of lanes that are shuffled.</summary>
    public static Expr HighestLane(CodeBuilder code, InstructionSetDescription target, Expr highest)
    {
        Expr half = highest;
        for (int lanes = target.Lanes / 2; lanes >= 4; lanes /= 2)
        {
            var vectors = new Vectors(target, lanes);
            half = code.Let("highest" + (32 * lanes), vectors.MaximumNative(vectors.LowerHalf(half), vectors.UpperHalf(half)));
        }

        var four = new Vectors(target, 4);
        code.Set(half, four.MaximumNative(half, four.Shuffle(half, 2, 3, 0, 1)));
        return four.FirstLane(four.MaximumNative(half, four.Shuffle(half, 1, 0, 3, 2)));
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.CompilerServices;
using Specializer.TestKit;

namespace Specializer.Benchmarks;

/// <summary>
/// Attention alone with 12 heads of 64: from the projected queries, keys and values of a sequence to the results of all heads.
/// Specializer's time includes appending keys and values to the cache.
/// </summary>
internal static unsafe class AttentionContests
{
    private const int Heads = 12,
        HeadDim = 64,
        Width = Heads * HeadDim,
        Chunk = 128;

    private static readonly int[] s_lengths = [128, 512, 1024, 2048];

    public static IEnumerable<Contest> All(PeerRequest request)
    {
        OnnxRuntimeLibrary? library = request.Open("ONNX Runtime", static folder => new OnnxRuntimeLibrary(folder));
        foreach (int threads in request.Threads)
        {
            foreach (int length in s_lengths)
            {
                foreach (bool causal in new[] { false, true })
                {
                    float[][] parts = [.. Enumerable.Range(1, 3).Select(seed => Numbers(length * Width, seed))];
                    yield return new Contest(
                        causal ? "attention, causal" : "attention, full",
                        $"{Heads}x{HeadDim}@{length}",
                        threads,
                        length / 1e3,
                        "1,000 positions",
                        library is null
                            ? [Ours(parts, length, causal, threads)]
                            : [Ours(parts, length, causal, threads), Theirs(library, parts, length, causal, threads)]
                    );
                }
            }
        }
    }

    private static Contestant Theirs(OnnxRuntimeLibrary library, float[][] parts, int length, bool causal, int threads)
    {
        var graph = new OnnxGraph();
        string[] inputs = [.. new[] { "queries", "keys", "values" }.Select(name => graph.Floats(name, "1", "length", "768"))];
        string result = causal
            ? graph.Fused("MultiHeadAttention", inputs, ("num_heads", Heads), ("unidirectional", 1))
            : graph.Fused("MultiHeadAttention", inputs, ("num_heads", Heads));
        graph.Output(result);
        var session = new OnnxSession(library, graph.ToModel(), result, threads);
        for (int i = 0; i < parts.Length; i++)
        {
            session.With(inputs[i], parts[i], 1, length, Width);
        }

        return new Contestant("ONNX Runtime", session.Run, () => session.Result) { Release = session.Dispose };
    }

    private static Contestant Ours(float[][] parts, int length, bool causal, int threads)
    {
        Type model = causal ? typeof(CausalAttention) : typeof(FullAttention);
        var memory = new KernelMemory();
        var team = new WorkerTeam(threads);
        int projectedStride = OwnProduct.Stride(3 * Width),
            outputStride = OwnProduct.Stride(Width);
        AlignedBuffer projected = AlignedBuffer.Allocate((long)length * projectedStride * sizeof(float)),
            output = AlignedBuffer.Allocate((long)length * outputStride * sizeof(float));
        for (int row = 0; row < length; row++)
        {
            for (int part = 0; part < parts.Length; part++)
            {
                parts[part]
                    .AsSpan(row * Width, Width)
                    .CopyTo(new Span<float>(projected.Address + (row * projectedStride) + (part * Width), Width));
            }
        }

        KernelCall[] appends = [.. Chunks(length).Select(position => Bind(KernelKind.Append, position))];
        KernelCall[] attends = [.. Chunks(length).Select(position => Bind(KernelKind.Attend, position))];
        var work = new AttentionRun(appends, attends, length, Chunk, causal);
        return new Contestant("ours", () => team.TryRun(work), Result)
        {
            Release = () =>
            {
                team.Dispose();
                memory.Dispose();
                projected.Dispose();
                output.Dispose();
            },
        };

        KernelCall Bind(KernelKind kind, int position) =>
            KernelBinding.Bind(
                GeneratedKernelTable.Method(model, InstructionSets.Best, GeneratedKernelTable.Facts(model, kind)),
                name =>
                    name switch
                    {
                        "projected" => (nint)(projected.Address + (position * projectedStride)),
                        "output" => (nint)(output.Address + (position * outputStride)),

                        // An encoder stores the queries of the whole sequence, a decoder those of a chunk.
                        "queries" when !causal => (nint)(memory.Queries + (position * HeadDim)),
                        _ => (nint)memory.Region(name),
                    }
            );

        float[] Result()
        {
            float[] result = new float[length * Width];
            for (int row = 0; row < length; row++)
            {
                new ReadOnlySpan<float>(output.Address + (row * outputStride), Width).CopyTo(result.AsSpan(row * Width));
            }

            return result;
        }
    }

    private static IEnumerable<int> Chunks(int length) => Enumerable.Range(0, length / Chunk).Select(static chunk => chunk * Chunk);

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * 2)];
    }

    /// <summary>
    /// As in a session: a decoder appends and attends chunk by chunk; an encoder appends everything before it attends.
    /// </summary>
    private sealed class AttentionRun(KernelCall[] appends, KernelCall[] attends, int length, int chunk, bool causal) : ParallelWork
    {
        protected internal override void Execute(int worker, int workers)
        {
            for (int i = 0; !causal && i < appends.Length; i++)
            {
                appends[i](i * chunk, length, chunk, worker, workers);
            }

            Synchronize();
            for (int i = 0; i < attends.Length; i++)
            {
                if (causal)
                {
                    appends[i](i * chunk, length, chunk, worker, workers);
                    Synchronize();
                }

                attends[i](i * chunk, length, chunk, worker, workers);
                Synchronize();
            }
        }
    }
}

using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>
/// Compares single linear layers with plain matrix products of ONNX Runtime, oneDNN and OpenBLAS. Specializer's layers also add a
/// bias or a sum.
/// </summary>
internal static class ProductContests
{
    private static readonly (Type Model, int Inputs, int Outputs)[] s_layers =
    [
        (typeof(Llama15M), 288, 288),
        (typeof(Llama15M), 288, 864),
        (typeof(Llama15M), 768, 288),
        (typeof(MiniLm), 384, 384),
        (typeof(MiniLm), 384, 1152),
        (typeof(MiniLm), 1536, 384),
        (typeof(T5Small), 512, 1536),
        (typeof(T5Small), 2048, 512),
        (typeof(Llama110M), 768, 768),
        (typeof(Llama110M), 768, 2304),
        (typeof(Llama110M), 2048, 768),
        (typeof(BertBase), 3072, 768),
    ];

    private static readonly int[] s_rows = [1, 8, 32, 128];

    public static IEnumerable<Contest> All(PeerRequest request)
    {
        var engines = new List<Func<Product, int, Contestant>>();
        if (request.Open("ONNX Runtime", static folder => new OnnxRuntimeLibrary(folder)) is { } onnxRuntime)
        {
            engines.Add((product, threads) => OnnxProduct.Run(onnxRuntime, product, threads));
        }

        if (request.Open("oneDNN", static folder => new OneDnnLibrary(folder)) is { } oneDnn)
        {
            engines.Add(oneDnn.Run);
        }

        if (request.Open("OpenBLAS", static folder => new OpenBlasLibrary(folder)) is { } openBlas)
        {
            engines.Add(openBlas.Run);
        }

        foreach ((Type model, int inputs, int outputs) in s_layers)
        {
            foreach (int threads in request.Threads)
            {
                foreach (int rows in s_rows)
                {
                    int calls = (int)Math.Clamp(2e8 / (2.0 * rows * inputs * outputs), 1, 1000);
                    var product = new Product(rows, inputs, outputs, Numbers(rows * inputs, 1), Numbers(inputs * outputs, 2), calls);
                    yield return new Contest(
                        $"linear, {rows} rows",
                        $"{inputs}x{outputs}",
                        threads,
                        product.Operations / 1e9,
                        "GFLOP",
                        [OwnProduct.Run(model, product, threads), .. engines.Select(engine => engine(product, threads))]
                    )
                    {
                        SecondsPerTurn = 0.012,
                    };
                }
            }
        }
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }
}

using System.Collections.Generic;
using System.Linq;
using BenchmarkDotNet.Attributes;
using Specializer.GenericEngine;

namespace Specializer.Benchmarks;

/// <summary>
/// Compares whole models with the generic engine, which runs the same algorithms with shapes known only at run time.
/// </summary>
[MemoryDiagnoser]
public class WholeModelBenchmarks
{
    private IDecoderModel _specialized = null!;
    private IDecoderModel _generic = null!;
    private IDecoderSession _specializedSession = null!;
    private IDecoderSession _genericSession = null!;
    private int[] _prompt = [];

    /// <summary>The models' names.</summary>
    public static IEnumerable<string> Models => MeasuredModel.Generics.Select(static model => model.Name);

    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "";

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Load()
    {
        MeasuredModel measured = MeasuredModel.All.Single(model => model.Name == Model);
        using var weights = new RandomWeights(measured.Tensors, seed: 1);
        var options = new ModelOptions { Threads = Threads };
        _specialized = (IDecoderModel)measured.Load(weights, options);
        _generic = GenericDecoder.Load(weights, measured.Generic!, options);
        _specializedSession = _specialized.CreateSession();
        _genericSession = _generic.CreateSession();
        _prompt = [.. Enumerable.Range(1, 128)];
        _specializedSession.Prefill(_prompt);
        _genericSession.Prefill(_prompt);
    }

    [GlobalCleanup]
    public void Unload()
    {
        _specializedSession.Dispose();
        _genericSession.Dispose();
        _specialized.Dispose();
        _generic.Dispose();
    }

    [Benchmark]
    public float SpecializedPrefill() => Prefill(_specializedSession);

    [Benchmark]
    public float GenericPrefill() => Prefill(_genericSession);

    [Benchmark]
    public float SpecializedDecode() => Decode(_specializedSession);

    [Benchmark]
    public float GenericDecode() => Decode(_genericSession);

    private float Prefill(IDecoderSession session)
    {
        session.Reset();
        return session.Prefill(_prompt)[0];
    }

    private static float Decode(IDecoderSession session)
    {
        session.Truncate(127);
        return session.Decode(1)[0];
    }
}

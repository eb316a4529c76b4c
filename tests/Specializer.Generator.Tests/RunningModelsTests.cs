using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Specializer.Generator.Planning;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests;

/// <summary>The errors that a generated model reports when it is loaded and when its sessions are created.</summary>
[Feature("generated-models")]
public sealed class RunningModelsTests
{
    private const string Configuration = """
        using Specializer;

        [Transformer("pronounce/config.json")]
        public sealed partial class NAME;
        """;

    private static readonly string[] s_checkpoint = ["samples", "Pronounce", "Model"];

    [Theory]
    [InlineData(OptimizationLevel.Debug, false, 1)]
    [InlineData(OptimizationLevel.Debug, true, 0)]
    [InlineData(OptimizationLevel.Release, false, 0)]
    public void An_unoptimized_model_reports_it_once(OptimizationLevel optimization, bool silent, int times)
    {
        const string Switch = "Specializer.SilenceUnoptimizedWarning";
        string name = $"Reporting{optimization}{silent}";
        Assembly assembly = Compile(name, optimization, "ContextLength = 64");
        TextWriter before = Console.Error;
        using var written = new StringWriter(CultureInfo.InvariantCulture);
        try
        {
            Console.SetError(TextWriter.Synchronized(written));
            AppContext.SetSwitch(Switch, silent);
            Load(assembly, name).Dispose();
            Load(assembly, name).Dispose();
        }
        finally
        {
            AppContext.SetSwitch(Switch, false);
            Console.SetError(before);
        }

        string text = written.ToString();
        Assert.Equal(times, text.Split(name + " was compiled without optimization").Length - 1);
        Assert.Equal(times, text.Split("set <Optimize>true</Optimize>").Length - 1);
    }

    /// <summary>A context that can be addressed, whose cache of 4 TB no machine has.</summary>
    [LimitedMemoryFact]
    public void A_session_whose_memory_cannot_be_had_reports_how_much_it_needs()
    {
        GeneratorRun run = GeneratorRun.Of(
            """
            using Specializer;

            [Transformer(Stack.Decoder, Layers = 500, DModel = 16, VocabularySize = 32, ContextLength = 4_194_000, TiedEmbeddings = true)]
            [Attention(Heads = 16, HeadDim = 16)]
            [AlibiPositions]
            [FeedForward(16, Activation.Relu)]
            [Norm(NormKind.RootMeanSquare)]
            public sealed partial class Endless;
            """
        );
        using var weights = new Zeros(Planner.Plan(run.Declared()));
        using var model = (TransformerModel)Invoke(
            Load(run.Emit()),
            "Endless",
            "Load",
            [typeof(WeightsSource), typeof(ModelOptions)],
            [weights, null]
        );
        string message = Assert.Throws<InsufficientMemoryException>(() => ((IDecoderModel)model).CreateSession()).Message;
        Assert.Matches(
            @"^A session of Endless needs 4,\d{3},\d{3},\d{3},\d{3} bytes \(3\.\d TiB\), which the system does not provide; this process can use .* [GM]iB\.",
            message
        );
        Assert.Contains("It grows with ContextLength, which is 4,194,000, and ChunkLength, which is ", message, StringComparison.Ordinal);
    }

    private static Assembly Compile(string name, OptimizationLevel optimization, string arguments) =>
        Load(
            GeneratorRun
                .Of(
                    TestProject.Compile(
                        new ProjectOptions { Optimization = optimization },
                        Configuration.Replace("NAME", name).Replace("config.json\"", "config.json\", " + arguments)
                    ),
                    new InMemoryText("/project/pronounce/config.json", RepositoryFiles.Read([.. s_checkpoint, "config.json"]))
                )
                .Emit()
        );

    private static Assembly Load(byte[] image) =>
        new AssemblyLoadContext(null, isCollectible: true).LoadFromStream(new MemoryStream(image));

    private static TransformerModel Load(Assembly assembly, string name) =>
        (TransformerModel)Invoke(
            assembly,
            name,
            "Load",
            [typeof(string), typeof(ModelOptions)],
            [Path.Combine([RepositoryFiles.Root, .. s_checkpoint, "model.safetensors"]), null]
        );

    private static object Invoke(Assembly assembly, string type, string method, Type[] parameters, object?[] arguments) =>
        assembly
            .GetType(type, throwOnError: true)!
            .GetMethod(method, parameters)!
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, CultureInfo.InvariantCulture)!;

    /// <summary>A checkpoint of zeros, all in one place.</summary>
    private sealed unsafe class Zeros : WeightsSource
    {
        private readonly Dictionary<string, long[]> _shapes = [];
        private readonly AlignedBuffer _zeros;

        public Zeros(ExecutionPlan plan)
        {
            foreach (TensorPlan tensor in plan.Tensors)
            {
                for (int layer = 0; layer < (tensor.PerLayer ? plan.WeightSets : 1); layer++)
                {
                    _shapes.Add(
                        tensor.Name.Replace(TensorRequirement.LayerMark, layer.ToString(CultureInfo.InvariantCulture)),
                        [.. tensor.Shape.Select(static extent => (long)extent)]
                    );
                }
            }

            _zeros = AlignedBuffer.Allocate(
                _shapes.Values.Max(static shape => shape.Aggregate(sizeof(float), static (long product, long extent) => product * extent))
            );
        }

        public override string Description => "zeros";

        public override IReadOnlyCollection<string> Names => _shapes.Keys;

        public override bool TryGetTensor(string name, out TensorView view)
        {
            bool found = _shapes.TryGetValue(name, out long[]? shape);
            view = found ? new TensorView(name, TensorElementType.Float32, shape!, (byte*)_zeros.Address, _zeros) : default;
            return found;
        }

        protected override void Dispose(bool disposing) => _zeros.Dispose();
    }

    /// <summary>A fact about a system that refuses memory; where the system grants any amount it reports itself skipped with the reason.</summary>
    private sealed class LimitedMemoryFactAttribute : FactAttribute
    {
        private const string Setting = "/proc/sys/vm/overcommit_memory";

        public LimitedMemoryFactAttribute() =>
            Skip =
                File.Exists(Setting) && File.ReadAllText(Setting).Trim() == "1"
                    ? "The system grants any amount of memory: vm.overcommit_memory is 1."
                    : null;
    }
}

namespace Specializer.Benchmarks;

/// <summary>A product in ONNX Runtime, which packs a constant matrix when the model is loaded.</summary>
internal static class OnnxProduct
{
    public static Contestant Run(OnnxRuntimeLibrary library, Product product, int threads)
    {
        var graph = new OnnxGraph();
        float[] turned = new float[product.Matrix.Length];
        for (int output = 0; output < product.Outputs; output++)
        {
            for (int input = 0; input < product.Inputs; input++)
            {
                turned[(input * product.Outputs) + output] = product.Matrix[(output * product.Inputs) + input];
            }
        }

        string result = graph.Node(
            "MatMul",
            [graph.Floats("input", "rows", "inputs"), graph.Weight(turned, product.Inputs, product.Outputs)]
        );
        graph.Output(result);
        OnnxSession session = new OnnxSession(library, graph.ToModel(), result, threads).With(
            "input",
            product.Input,
            product.Rows,
            product.Inputs
        );
        return new Contestant("ONNX Runtime", product.Repeated(session.Run), () => session.Result) { Release = session.Dispose };
    }
}

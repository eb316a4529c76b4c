using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>Compares text encoders with ONNX Runtime: one sequence, all of its last hidden states.</summary>
internal static class BertContests
{
    private static readonly int[] s_lengths = [16, 128];

    public static IEnumerable<Contest> All(PeerRequest request)
    {
        OnnxRuntimeLibrary? library = request.Open("ONNX Runtime", static folder => new OnnxRuntimeLibrary(folder));
        foreach (
            MeasuredModel model in MeasuredModel.All.Where(model =>
                model.Name is "minilm-22M" or "bert-base-110M" && request.Asks(model.Name)
            )
        )
        {
            using var weights = new RandomWeights(model.Tensors, seed: 1);
            string checkpoint = Path.GetTempFileName();
            SafetensorsCopy.Write(checkpoint, weights);
            foreach (int threads in request.Threads)
            {
                foreach (int length in s_lengths)
                {
                    yield return Of(request, model, weights, checkpoint, library, threads, length);
                }
            }

            File.Delete(checkpoint);
        }
    }

    private static Contest Of(
        PeerRequest request,
        MeasuredModel measured,
        WeightsSource weights,
        string checkpoint,
        OnnxRuntimeLibrary? library,
        int threads,
        int length
    )
    {
        var model = (IEncoderModel<TokenInput>)measured.Load(weights, new ModelOptions { Threads = threads });
        IEncoderSession<TokenInput> session = model.CreateSession();
        int width = model.Description.DModel;
        int[] tokens = OwnSequence.Tokens(length, model.Description.VocabularySize),
            types = new int[length];
        float[] hiddenStates = new float[length * width];
        Contestant ours = new(
            "ours f32",
            () => session.Encode(new TokenInput(tokens) { TokenTypes = types }, default, hiddenStates),
            () => [.. hiddenStates]
        )
        {
            Release = () =>
            {
                session.Dispose();
                model.Dispose();
            },
        };
        var contestants = new List<Contestant> { ours };
        if (library is not null)
        {
            contestants.Add(Theirs(library, attentionTakesQueries: false));
            contestants.Add(Theirs(library, attentionTakesQueries: true));
        }

        var shape = new
        {
            kind = "bert",
            layers = model.Description.Layers,
            heads = measured.Attention.Heads,
        };
        if (request.Open("PyTorch", _ => new TorchProcess(checkpoint, shape, threads)) is { } torch)
        {
            contestants.Add(new Contestant("PyTorch", () => torch.Call("encode", tokens), () => torch.Result) { Release = torch.Dispose });
        }

        return new Contest($"encode {length}", measured.Name, threads, length, "tokens", contestants);

        Contestant Theirs(OnnxRuntimeLibrary library, bool attentionTakesQueries)
        {
            (byte[] bytes, string output) = new OnnxBert(weights, model.Description.Layers, measured.Attention.Heads, width).Write(
                attentionTakesQueries
            );
            OnnxSession peer = new OnnxSession(library, bytes, output, threads)
                .With("tokens", tokens, 1, length)
                .With("types", types, 1, length);
            return new Contestant(
                "ONNX Runtime " + (attentionTakesQueries ? "MultiHeadAttention" : "Attention"),
                peer.Run,
                () => peer.Result
            )
            {
                Release = peer.Dispose,
            };
        }
    }
}

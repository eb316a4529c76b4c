using System;
using Specializer.Generator.Architecture;
using Specializer.Oracle;

namespace Specializer.Fuzzing;

/// <summary>An encoder of images over one image, and over it and another in one call.</summary>
internal sealed class ImageRun : ModelRun
{
    private readonly float[] _pixels;
    private readonly float[] _others;

    public ImageRun(TransformerArchitecture architecture, int seed)
        : base(architecture, seed)
    {
        PatchArchitecture patches = architecture.Embeddings.Patches!;
        int floats = patches.Channels * patches.ImageSize * patches.ImageSize;
        _pixels = DrawSignal(floats);
        _others = DrawSignal(floats);
    }

    public override OracleRun Expect(CheckpointTensors tensors) =>
        new ArchitectureOracle(Architecture, OracleWeights.Read(tensors, Rounded)).Run([], new OracleInput(Signal: _pixels));

    public override (float[] Output, float[][] States) Whole(Func<int, TransformerModel> load)
    {
        using var model = (IEncoderModel<ImageInput>)load(1);
        using IEncoderSession<ImageInput> session = model.CreateSession();
        int width = Architecture.Width;
        float[][] states = NewStates(Architecture.Layers, Architecture.ContextLength * width);
        session.HiddenStates = (layer, position, state) => state.CopyTo(states[layer].AsSpan(position * width));
        return (Encode(model, session, _pixels), states);
    }

    public override void InPieces(Func<int, TransformerModel> load, float[] whole)
    {
        using var model = (IEncoderModel<ImageInput>)load(2);
        using IEncoderSession<ImageInput> session = model.CreateSession();
        Comparison.AssertRefused("no image", () => session.Encode([], new float[whole.Length]));
        Comparison.AssertRefused("a pixel too few", () => session.Encode(_pixels.AsSpan(1), new float[whole.Length]));
        Comparison.AssertRefused("too little room for the output", () => session.Encode(_pixels, new float[whole.Length - 1]));
        float[] alone = Encode(model, session, _others),
            both = Encode(model, session, [.. _others, .. _pixels]);
        Comparison.AssertSame(alone, both.AsSpan(0, whole.Length), "before another image", 0);
        Comparison.AssertSame(whole, both.AsSpan(whole.Length), "behind another image on two threads", 0);
    }

    private float[] Encode(IEncoderModel<ImageInput> model, IEncoderSession<ImageInput> session, float[] pixels)
    {
        float[] output = new float[
            pixels.Length
                / _pixels.Length
                * model.Description.OutputWidth
                * (model.Description.OutputPerToken ? Architecture.ContextLength : 1)
        ];
        session.Encode(pixels, output);
        return output;
    }
}

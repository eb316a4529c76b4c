using System;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Oracle;

/// <summary>How the patches of an image (Dosovitskiy et al. 2020) and the frames of sound (Radford et al. 2022) become hidden states.</summary>
internal sealed class OracleSignal(TransformerArchitecture architecture, OracleWeights weights, OracleParts parts)
{
    private readonly CheckpointNames _names = architecture.Checkpoint.Names;

    public double[][] Embed(float[] signal) =>
        architecture.Embeddings.Patches is { } patches ? Patches(signal, patches) : Sound(signal, architecture.Embeddings.Speech!);

    /// <summary>Learned states, then every patch projected, each with the position's own vector added if it has one.</summary>
    private double[][] Patches(float[] pixels, PatchArchitecture patches)
    {
        int size = patches.PatchSize,
            image = patches.ImageSize,
            across = image / size;
        OracleLinear projection = parts.Linear(_names.PatchProjection, patches.Bias);
        double[] Patch(int row, int column) =>
            [
                .. from channel in Enumerable.Range(0, patches.Channels)
                from y in Enumerable.Range(0, size)
                from x in Enumerable.Range(0, size)
                select (double)pixels[(((channel * image) + (row * size) + y) * image) + (column * size) + x],
            ];
        double[][] projected =
        [
            .. from row in Enumerable.Range(0, across)
            from column in Enumerable.Range(0, across)
            select projection.Apply(Patch(row, column)),
        ];
        double[][] first = patches.FirstState ? [weights.Get(_names.FirstState)] : [],
            later = patches.LaterStates > 0 ? [.. weights.Get(_names.LaterStates).Chunk(architecture.Width)] : [];
        if (architecture.Embeddings.Positions is null)
        {
            return [.. first, .. later, .. projected];
        }

        double[] table = weights.Get(_names.PositionEmbedding + (architecture.Checkpoint.FlatImageTensors ? ".weight" : ""));
        if (patches.LaterHavePositions)
        {
            return AddPositions([.. first, .. later, .. projected], table);
        }

        double[][] positioned = AddPositions([.. first, .. projected], table);
        return [.. positioned[..first.Length], .. later, .. positioned[first.Length..]];
    }

    /// <summary>Two convolutions of three frames, zeros around them, the second over every second frame.</summary>
    private double[][] Sound(float[] features, SpeechArchitecture sound)
    {
        int frames = features.Length / sound.MelBands;
        double[][] input =
        [
            .. Enumerable
                .Range(0, frames)
                .Select(frame => Enumerable.Range(0, sound.MelBands).Select(band => (double)features[(band * frames) + frame]).ToArray()),
        ];
        double[][] states = Convolve(
            _names.SecondConvolution,
            Convolve(_names.FirstConvolution, input, 1),
            SpeechArchitecture.FramesPerPosition
        );
        return architecture.Embeddings.Positions is LearnedPositions
            ? AddPositions(states, weights.Get(_names.PositionEmbedding + ".weight"))
            : states;

        double[][] Convolve(string name, double[][] rows, int step)
        {
            int channels = rows[0].Length;
            OracleLinear convolution = parts.Linear(name, bias: true);
            OracleActivation activation = Enum.Parse<OracleActivation>(sound.Activation.ToString());
            double At(int row, int channel) => row >= 0 && row < rows.Length ? rows[row][channel] : 0;
            double[] Seen(int row) =>
                [
                    .. from channel in Enumerable.Range(0, channels)
                    from tap in Enumerable.Range(-1, SpeechArchitecture.Window)
                    select At(row + tap, channel),
                ];
            return
            [
                .. Enumerable
                    .Range(0, (rows.Length + step - 1) / step)
                    .Select(row => convolution.Apply(Seen(row * step)).Select(x => Activations.Apply(activation, x)).ToArray()),
            ];
        }
    }

    private static double[][] AddPositions(double[][] states, double[] table) =>
        [.. states.Select((state, position) => Linear.Add(state, table[(position * state.Length)..((position + 1) * state.Length)]))];
}

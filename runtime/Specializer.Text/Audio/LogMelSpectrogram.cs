using System;

namespace Specializer.Text.Audio;

/// <summary>The features of a whole sound, from which windows are taken; silence follows the sound.</summary>
/// <param name="features">[bands, frames]</param>
/// <param name="content">The frames that are centered in the sound.</param>
/// <param name="frames">The frames that contain sound.</param>
/// <param name="bands">The mel bands.</param>
/// <param name="width">The frames of a window.</param>
/// <param name="silence">The feature of silence.</param>
internal sealed class LogMelSpectrogram(float[] features, int content, int frames, int bands, int width, float silence)
{
    /// <summary>The frames that are centered in the sound.</summary>
    public int Content => content;

    /// <summary>Copies a window.</summary>
    /// <param name="start">The first frame.</param>
    /// <param name="window">Receives the features, [bands, frames of a window].</param>
    public void CopyWindow(int start, Span<float> window)
    {
        int available = Math.Clamp(frames - start, 0, width);
        for (int band = 0; band < bands; band++)
        {
            Span<float> row = window.Slice(band * width, width);
            features.AsSpan(band * frames + start, available).CopyTo(row);
            row[available..].Fill(silence);
        }
    }
}

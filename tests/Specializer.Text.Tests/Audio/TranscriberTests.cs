using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Specializer.TestKit;
using Specializer.Text.Audio;
using Specializer.Text.Tests.Generation;
using Xunit;

namespace Specializer.Text.Tests.Audio;

/// <summary>Transcription by a small Whisper with random weights, against a plain loop over its sessions.</summary>
[Feature("speech")]
public sealed class TranscriberTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specializer-speech").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Transcripts_are_those_of_the_plain_loop()
    {
        int overlapping = 0,
            segments = 0;
        for (int seed = 0; seed < 6; seed++)
        {
            using SmallWhisper model = SpeechFolder.Model(seed);
            using var transcriber = Transcriber.Load(model, SpeechFolder.Write(_folder));
            Waveform sound = Sound(3.7, seed);
            foreach (
                TranscriberOptions options in new TranscriberOptions[]
                {
                    new(),
                    new() { Language = "de", Translate = true },
                    new() { Timestamps = false },
                    new() { MaximumNewTokens = 5 },
                }
            )
            {
                (Transcript expected, int windows) = Plain(model, sound, options);
                Transcript actual = transcriber.Transcribe(sound, options);
                Assert.Equal(expected.Language, actual.Language);
                Assert.Equal(expected.Text, actual.Text);
                Assert.Equal(expected.Segments.Count, actual.Segments.Count);
                for (int i = 0; i < actual.Segments.Count; i++)
                {
                    Assert.Equal(expected.Segments[i] with { Tokens = [] }, actual.Segments[i] with { Tokens = [] });
                    Assert.Equal(expected.Segments[i].Tokens, actual.Segments[i].Tokens);
                }

                overlapping += windows > 4 ? 1 : 0;
                segments += actual.Segments.Count;
            }
        }

        Assert.True(overlapping > 0 && segments > 50, $"{overlapping} sounds with overlapping windows, {segments} segments");
    }

    [Fact]
    public void Progress_reports_each_window_and_batches_are_single_calls()
    {
        using SmallWhisper model = SpeechFolder.Model(1);
        using var transcriber = new Transcriber(model, SpeechFolder.Tokenizer, SpeechFolder.Settings, SpeechFolder.Features);
        Waveform sound = Sound(2.5, 1);
        var reports = new List<TranscriptProgress>();
        Transcript transcript = transcriber.Transcribe(sound, null, new Reports<TranscriptProgress>(reports));
        Assert.Equal(TimeSpan.FromSeconds(2.5), reports[^1].Completed);
        Assert.All(reports, report => Assert.Equal(TimeSpan.FromSeconds(2.5), report.Total));
        Assert.Equal(reports.Select(report => report.Completed).Order(), reports.Select(report => report.Completed));
        Assert.Equal(transcript.Segments, reports.SelectMany(report => report.Segments));

        var counts = new List<PipelineProgress>();
        Transcript[] batch = transcriber.Transcribe([sound, Sound(0.3, 2)], null, new Reports<PipelineProgress>(counts));
        Assert.Equal([new PipelineProgress(1, 2), new PipelineProgress(2, 2)], counts);
        Assert.Equal(transcript.Text, batch[0].Text);
        Assert.Equal("", transcriber.Transcribe(new Waveform(default, 16_000)).Text);
    }

    [Fact]
    public void A_call_is_cancelled_and_the_next_one_is_complete()
    {
        using SmallWhisper model = SpeechFolder.Model(2);
        using var transcriber = new Transcriber(model, SpeechFolder.Tokenizer, SpeechFolder.Settings, SpeechFolder.Features);
        Waveform sound = Sound(3, 3);
        Transcript expected = transcriber.Transcribe(sound);
        using var source = new CancellationTokenSource();
        var cancel = new Reports<TranscriptProgress>([], _ => source.Cancel());
        Assert.Throws<OperationCanceledException>(() => transcriber.Transcribe(sound, null, cancel, source.Token));
        Assert.Equal(expected.Text, transcriber.Transcribe(sound).Text);
        transcriber.Dispose();
        Assert.Throws<ObjectDisposedException>(() => transcriber.Transcribe(sound));
    }

    [Fact]
    public void No_token_allocates_memory()
    {
        using SmallWhisper model = SpeechFolder.Model(3);
        using ISequenceToSequenceSession<LogMelInput> session = model.CreateSession();
        TranscriptionSettings endless = SpeechFolder.Settings with { SuppressedTokens = [SpeechFolder.End] };
        long Allocated(int tokens)
        {
            var plan = new TranscriptionPlan(endless, new TranscriberOptions { MaximumNewTokens = tokens }, model.Description);
            var decoder = new WindowDecoder(session, plan);
            var window = new float[16 * 100];
            decoder.Run(window, default);
            long before = GC.GetAllocatedBytesForCurrentThread();
            int count = decoder.Run(window, default).Length;
            long after = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(tokens, count);
            return after - before;
        }

        Assert.Equal(Allocated(2), Allocated(20));
    }

    [Fact]
    public void Wrong_options_are_refused()
    {
        using SmallWhisper model = SpeechFolder.Model(4);
        using var transcriber = new Transcriber(model, SpeechFolder.Tokenizer, SpeechFolder.Settings, SpeechFolder.Features);
        Waveform sound = Sound(0.5, 4);
        AssertRefused("Language is 'fr'; SmallWhisper supports en, de.", () => transcriber.Transcribe(sound, new() { Language = "fr" }));
        AssertRefused("MaximumNewTokens is 0", () => transcriber.Transcribe(sound, new() { MaximumNewTokens = 0 }));

        TranscriptionSettings english = SpeechFolder.Settings with { Languages = new Dictionary<string, int>(), TranslateToken = null };
        using var single = new Transcriber(model, SpeechFolder.Tokenizer, english, SpeechFolder.Features);
        Assert.Null(single.Transcribe(sound).Language);
        AssertRefused("SmallWhisper has one language", () => single.Transcribe(sound, new() { Language = "en" }));
        AssertRefused("SmallWhisper does not translate", () => single.Transcribe(sound, new() { Translate = true }));
    }

    [Fact]
    public void Settings_of_another_model_are_refused()
    {
        using SmallWhisper model = SpeechFolder.Model(5);
        Transcriber Create(TranscriptionSettings settings, LogMelSettings? features) =>
            new(model, SpeechFolder.Tokenizer, settings, features);
        AssertRefused("80 mel bands of 3000 frames; SmallWhisper expects 16 of 100", () => Create(SpeechFolder.Settings, null));
        AssertRefused(
            "suppress_tokens contains 101; expected ids from 0 to 100",
            () => Create(SpeechFolder.Settings with { SuppressedTokens = [101] }, SpeechFolder.Features)
        );
        AssertRefused(
            "no_timestamps_token_id contains 100; expected ids from 0 to 99",
            () => Create(SpeechFolder.Settings with { NoTimestampsToken = 100 }, SpeechFolder.Features)
        );
        using SafetensorsFile weights = SmallWeights.Random(SmallTranslator.Tensors, 1);
        using SmallTranslator translator = SmallTranslator.Load(weights);
        Assert.Throws<NotSupportedException>(() => new Transcriber(translator, SpeechFolder.Tokenizer, SpeechFolder.Settings));
    }

    private static (Transcript Transcript, int Windows) Plain(SmallWhisper model, Waveform sound, TranscriberOptions options)
    {
        TranscriptionSettings settings = SpeechFolder.Settings;
        using ISequenceToSequenceSession<LogMelInput> session = model.CreateSession();
        LogMelSpectrogram spectrogram = new LogMelExtractor(SpeechFolder.Features).ExtractWhole(sound.Samples.Span);
        string? language = options.Language;
        var segments = new List<TranscriptSegment>();
        int windows = 0;
        for (int seek = 0; seek < spectrogram.Content; windows++)
        {
            var window = new float[16 * 100];
            spectrogram.CopyWindow(seek, window);
            session.Encode(new LogMelInput(window));
            if (language is null)
            {
                float[] scores = session.Prefill([settings.StartToken]).ToArray();
                language = scores[42] >= scores[43] ? "en" : "de";
                session.Encode(new LogMelInput(window));
            }

            int task = options.Translate == true ? 44 : 45;
            List<int> prompt = [settings.StartToken, settings.Languages[language], task];
            if (!options.Timestamps)
            {
                prompt.Add(settings.NoTimestampsToken);
            }

            float[] logits = session.Prefill(prompt.ToArray()).ToArray();
            var tokens = new List<int>();
            int limit = Math.Min(24 - prompt.Count, options.MaximumNewTokens ?? 1000);
            while (tokens.Count < limit)
            {
                int token = PlainWhisper.Choose(logits, tokens, settings, options.Timestamps);
                if (token == settings.EndToken)
                {
                    break;
                }

                tokens.Add(token);
                logits = tokens.Count < limit ? session.Decode(token).ToArray() : logits;
            }

            int length = Math.Min(100, spectrogram.Content - seek);
            (List<(int Start, int End, int[] Text)> Segments, int Advance) parts = options.Timestamps
                ? PlainWhisper.Divide(tokens, settings, length)
                : ([(0, (length + 1) / 2, [.. tokens.Where(token => token < settings.EndToken)])], length);
            foreach ((int start, int end, int[] text) in parts.Segments)
            {
                string words = string.Join(' ', text.Select(token => $"w{token}"));
                if (start < end && words.Length > 0)
                {
                    segments.Add(
                        new TranscriptSegment(
                            TimeSpan.FromMilliseconds((seek + 2 * start) * 10),
                            TimeSpan.FromMilliseconds((seek + 2 * end) * 10),
                            words,
                            text
                        )
                    );
                }
            }

            seek += parts.Advance;
        }

        return (new Transcript(string.Join(' ', segments.Select(segment => segment.Text)), segments, language), windows);
    }

    private static Waveform Sound(double seconds, int seed)
    {
        var random = new Random(seed);
        double pitch = 200;
        double phase = 0;
        return new Waveform(
            Enumerable
                .Range(0, (int)(seconds * 16_000))
                .Select(i =>
                {
                    pitch = i % 1600 == 0 ? 100 + random.NextDouble() * 2000 : pitch;
                    phase += 2 * Math.PI * pitch / 16_000;
                    return (float)(0.4 * Math.Sin(phase) + 0.02 * random.NextDouble());
                })
                .ToArray(),
            16_000
        );
    }

    private static void AssertRefused(string message, Action call) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal);

    private sealed class Reports<T>(List<T> list, Action<T>? then = null) : IProgress<T>
    {
        public void Report(T value)
        {
            list.Add(value);
            then?.Invoke(value);
        }
    }
}

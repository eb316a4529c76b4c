using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Linq;
using System.Threading.Tasks;
using Specializer.Text;
using Xunit;

namespace Specializer.Serving.Tests;

/// <summary>Metrics and traces contain counts, and no tenant or text.</summary>
public sealed class MetricsTests
{
    [Fact]
    public async Task Requests_are_measured_without_their_tenant()
    {
        const string Tenant = "canary-tenant";
        const string ModelName = "measured";
        var measured = new List<(string Name, double Value, string Tags)>();
        using var meters = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Specializer.Serving")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        meters.Start();
        var activities = new List<Activity>();
        using var traces = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Specializer.Serving",
            Sample = static (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (activities)
                {
                    activities.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(traces);
        using ServedDecoder model = Served.Decoder();
        await using GenerationEngine engine = Served.Engine(model, new EngineOptions { ModelName = ModelName });
        var request = new GenerationRequest
        {
            Prompt = Served.Prompt(new Random(1), 50),
            Tenant = Tenant,
            Options = new GenerationOptions { MaximumNewTokens = 3 },
        };
        GenerationUsage usage = (await engine.Submit(request).ReadAllAsync()).Usage;
        meters.RecordObservableInstruments();
        lock (measured)
        {
            Assert.Contains(
                measured,
                static item => item.Name == "gen_ai.server.time_to_first_token" && item.Tags.Contains(ModelName, StringComparison.Ordinal)
            );
            Assert.Contains(
                measured,
                static item => item.Name == "gen_ai.server.request.duration" && item.Tags.Contains(ModelName, StringComparison.Ordinal)
            );
            Assert.Contains(measured, static item => item is { Name: "specializer.tokens", Value: 50, Tags: "type=prompt" });
            Assert.Contains(measured, static item => item.Name == "specializer.sessions");
            Assert.DoesNotContain(measured, static item => item.Tags.Contains(Tenant, StringComparison.Ordinal));
        }

        Activity activity;
        lock (activities)
        {
            activity = activities.Single(static found => found.DisplayName == "chat " + ModelName);
        }

        Assert.Equal(50, activity.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal(usage.GeneratedTokens, activity.GetTagItem("gen_ai.usage.output_tokens"));
        Assert.Null(Activity.Current);

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string text = string.Join(',', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"));
            lock (measured)
            {
                measured.Add((instrument.Name, value, text));
            }
        }
    }
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Specializer.Extensions.AI;

/// <summary>The options that Microsoft.Extensions.AI has no members for.</summary>
internal static class AdditionalOptions
{
    private const string MinP = "min_p",
        RepetitionPenalty = "repetition_penalty",
        LogitBias = "logit_bias",
        Template = "chat_template_kwargs";

    public static SamplingOptions Apply(SamplingOptions sampling, AdditionalPropertiesDictionary? properties)
    {
        foreach ((string name, object? value) in properties ?? [])
        {
            sampling = name switch
            {
                MinP => sampling with { MinP = Number(name, value) },
                RepetitionPenalty => sampling with { RepetitionPenalty = Number(name, value) },
                LogitBias => sampling with { LogitBias = Bias(value) },
                Template => sampling,
                _ => throw new NotSupportedException(
                    $"{nameof(ChatOptions.AdditionalProperties)} has '{name}'; expected {MinP}, {RepetitionPenalty}, {LogitBias} or {Template}."
                ),
            };
        }

        return sampling;
    }

    /// <summary>Returns the variables of the chat template.</summary>
    public static IEnumerable<KeyValuePair<string, JsonElement>> TemplateVariables(AdditionalPropertiesDictionary? properties)
    {
        if (properties is null || !properties.TryGetValue(Template, out object? value) || value is null)
        {
            return [];
        }

        return value switch
        {
            JsonElement { ValueKind: JsonValueKind.Object } json => json.EnumerateObject()
                .Select(static property => KeyValuePair.Create(property.Name, property.Value)),
            IReadOnlyDictionary<string, JsonElement> variables => variables,
            IDictionary<string, object?> variables => variables.Select(static pair =>
                KeyValuePair.Create(
                    pair.Key,
                    JsonSerializer.SerializeToElement(pair.Value, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object)))
                )
            ),
            _ => throw new ArgumentException($"{Template} is a {value.GetType().Name}; expected an object."),
        };
    }

    private static float Number(string name, object? value) =>
        value switch
        {
            JsonElement { ValueKind: JsonValueKind.Number } json => json.GetSingle(),
            IConvertible number and not string => number.ToSingle(CultureInfo.InvariantCulture),
            _ => throw new ArgumentException($"{name} is '{value}'; expected a number."),
        };

    private static Dictionary<int, float> Bias(object? value) =>
        value switch
        {
            IReadOnlyDictionary<int, float> bias => new(bias),
            JsonElement { ValueKind: JsonValueKind.Object } json => json.EnumerateObject()
                .ToDictionary(
                    static property => int.Parse(property.Name, CultureInfo.InvariantCulture),
                    static property => property.Value.GetSingle()
                ),
            _ => throw new ArgumentException($"{LogitBias} is a {value?.GetType().Name ?? "null"}; expected tokens with numbers."),
        };
}

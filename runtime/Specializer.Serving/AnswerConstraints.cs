using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Threading;
using Specializer.Text;

namespace Specializer.Serving;

/// <summary>Constraints of structured answers. Constraints of equal schemas are shared, because their masks are expensive.</summary>
/// <remarks>All members are thread-safe.</remarks>
public sealed class AnswerConstraints
{
    private const int Kept = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, OutputConstraint> _schemas = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private readonly Lazy<OutputConstraint> _object = new(static () => OutputConstraint.JsonObject());

    /// <summary>Gets the largest number of bytes of a schema.</summary>
    public int MaximumSchemaBytes { get; init; } = 65536;

    /// <summary>Gets the largest depth of a schema.</summary>
    public int MaximumSchemaDepth { get; init; } = 32;

    /// <summary>Gets the constraint of any JSON object.</summary>
    public OutputConstraint JsonObject => _object.Value;

    /// <summary>Returns the constraint of a schema.</summary>
    /// <param name="schema">The schema.</param>
    /// <exception cref="ArgumentException">The schema is too large or too deep.</exception>
    /// <exception cref="ConstraintException">The schema is malformed, has an unsupported keyword, or allows no text.</exception>
    public OutputConstraint JsonSchema(string schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        lock (_lock)
        {
            if (_schemas.TryGetValue(schema, out OutputConstraint? known))
            {
                return known;
            }
        }

        Check(schema);
        OutputConstraint made = OutputConstraint.JsonSchema(schema);
        lock (_lock)
        {
            if (_schemas.TryAdd(schema, made))
            {
                _order.Enqueue(schema);
                if (_order.Count > Kept)
                {
                    _schemas.Remove(_order.Dequeue());
                }
            }
        }

        return made;
    }

    /// <summary>Returns the constraint of a call of one of several tools: JSON with the name and the arguments.</summary>
    /// <param name="tools">The name and the schema of the arguments of each tool; at least one.</param>
    /// <inheritdoc cref="JsonSchema"/>
    public OutputConstraint CallOf(IReadOnlyList<(string Name, JsonElement Parameters)> tools)
    {
        ArgumentNullException.ThrowIfNull(tools);
        ArgumentOutOfRangeException.ThrowIfZero(tools.Count, nameof(tools));
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            if (tools.Count > 1)
            {
                writer.WriteStartArray("anyOf");
            }

            foreach ((string name, JsonElement parameters) in tools)
            {
                if (tools.Count > 1)
                {
                    writer.WriteStartObject();
                }

                WriteCall(writer, name, parameters);
                if (tools.Count > 1)
                {
                    writer.WriteEndObject();
                }
            }

            if (tools.Count > 1)
            {
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return JsonSchema(Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static void WriteCall(Utf8JsonWriter writer, string name, JsonElement parameters)
    {
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        writer.WriteStartObject("name");
        writer.WriteString("const", name);
        writer.WriteEndObject();
        writer.WritePropertyName("arguments");
        if (parameters.ValueKind == JsonValueKind.Object)
        {
            parameters.WriteTo(writer);
        }
        else
        {
            writer.WriteStartObject();
            writer.WriteString("type", "object");
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteStartArray("required");
        writer.WriteStringValue("name");
        writer.WriteStringValue("arguments");
        writer.WriteEndArray();
    }

    private void Check(string schema)
    {
        if (Encoding.UTF8.GetByteCount(schema) > MaximumSchemaBytes)
        {
            throw new ArgumentException($"The schema has more than {MaximumSchemaBytes} bytes.", nameof(schema));
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(schema, new JsonDocumentOptions { MaxDepth = MaximumSchemaDepth });
        }
        catch (JsonException exception)
        {
            throw new ArgumentException(
                $"The schema is no JSON or is deeper than {MaximumSchemaDepth} levels: {exception.Message}",
                nameof(schema),
                exception
            );
        }
    }
}

using System.Collections.Generic;
using System.Text.Json;

namespace Specializer.Text;

/// <summary>A message of a conversation, as chat templates read it.</summary>
/// <param name="Role">Who speaks: <c>system</c>, <c>user</c>, <c>assistant</c>, <c>tool</c> or what the model's template knows.</param>
/// <param name="Content">The text, or null where there is none, as in a message that only calls tools.</param>
public sealed record ChatMessage(string Role, string? Content)
{
    /// <summary>
    /// The content as parts, for templates of models that also see or hear; it takes the place of
    /// <see cref="Content"/>.
    /// </summary>
    public IReadOnlyList<ChatContentPart>? Parts { get; init; }

    /// <summary>What the model thought before it answered: <c>reasoning_content</c> and <c>thinking</c> in templates.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The tools that the message calls.</summary>
    public IReadOnlyList<ChatToolCall>? ToolCalls { get; init; }

    /// <summary>The name of who speaks or, in a tool's response, of the tool.</summary>
    public string? Name { get; init; }

    /// <summary>The identifier of the call that a tool's response answers.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>Further fields that the model's template reads, by name.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Fields { get; init; }
}

/// <summary>A part of a message's content.</summary>
/// <param name="Type">The kind, such as <c>text</c>, <c>image</c> or <c>audio</c>.</param>
/// <param name="Text">The text of a text part, or null.</param>
public sealed record ChatContentPart(string Type, string? Text = null)
{
    /// <summary>Further fields of the part, by name.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Fields { get; init; }
}

/// <summary>A call of a tool.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">Its arguments, an object; templates take it as a mapping.</param>
/// <param name="Id">The call's identifier, or null.</param>
public sealed record ChatToolCall(string Name, JsonElement Arguments, string? Id = null);

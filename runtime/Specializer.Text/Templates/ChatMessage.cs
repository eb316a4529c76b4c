using System.Collections.Generic;
using System.Text.Json;

namespace Specializer.Text;

/// <summary>A message of a conversation.</summary>
/// <param name="Role">
/// The role: <c>system</c>, <c>user</c>, <c>assistant</c>, <c>tool</c> or any role that the model's template supports.
/// </param>
/// <param name="Content">The text, or null if there is none, as in a message that only calls tools.</param>
public sealed record ChatMessage(string Role, string? Content)
{
    /// <summary>The content as parts, for templates of multimodal models. It replaces <see cref="Content"/>.</summary>
    public IReadOnlyList<ChatContentPart>? Parts { get; init; }

    /// <summary>The reasoning of the model before its answer: <c>reasoning_content</c> and <c>thinking</c> in templates.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The tools that the message calls.</summary>
    public IReadOnlyList<ChatToolCall>? ToolCalls { get; init; }

    /// <summary>The name of the speaker or, in the response of a tool, of the tool.</summary>
    public string? Name { get; init; }

    /// <summary>The identifier of the call that the response of a tool answers.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>Further fields that the model's template reads, by name.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Fields { get; init; }
}

/// <summary>A part of a message's content.</summary>
/// <param name="Type">The type, such as <c>text</c>, <c>image</c> or <c>audio</c>.</param>
/// <param name="Text">The text of a text part, or null.</param>
public sealed record ChatContentPart(string Type, string? Text = null)
{
    /// <summary>Further fields of the part, by name.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Fields { get; init; }
}

/// <summary>A call of a tool.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">The arguments, an object; templates read it as a mapping.</param>
/// <param name="Id">The call's identifier, or null.</param>
public sealed record ChatToolCall(string Name, JsonElement Arguments, string? Id = null);

using System;
using System.Collections.Generic;
using System.Text.Json;

namespace Specializer.Text;

/// <summary>What a rendering takes beside the messages.</summary>
public sealed record ChatTemplateOptions
{
    /// <summary>Whether the text ends with the beginning of the assistant's answer.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>The tools, each a JSON schema of a function as transformers takes it; null for none.</summary>
    public IReadOnlyList<JsonElement>? Tools { get; init; }

    /// <summary>Documents for templates that ground answers in them, each an object; null for none.</summary>
    public IReadOnlyList<JsonElement>? Documents { get; init; }

    /// <summary>
    /// Special tokens by name, such as <c>bos_token</c>, beside those of the template itself. Their text counts as the template's own.
    /// </summary>
    public IReadOnlyDictionary<string, string>? SpecialTokens { get; init; }

    /// <summary>
    /// Further variables that the template reads, such as <c>enable_thinking</c> or <c>date_string</c>. Their texts
    /// count as content, which never becomes a control token.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement>? Variables { get; init; }

    /// <summary>The clock of <c>strftime_now</c>; null for the system's.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>How much the rendering may do.</summary>
    public ChatTemplateLimits Limits { get; init; } = ChatTemplateLimits.Default;
}

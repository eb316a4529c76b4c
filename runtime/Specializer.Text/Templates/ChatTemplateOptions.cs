using System;
using System.Collections.Generic;
using System.Text.Json;

namespace Specializer.Text;

/// <summary>Options of a rendering.</summary>
public sealed record ChatTemplateOptions
{
    /// <summary>Whether the text ends with the start of the assistant's answer.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>The tools, each a JSON schema of a function in the format of transformers; null for none.</summary>
    public IReadOnlyList<JsonElement>? Tools { get; init; }

    /// <summary>The documents for retrieval-augmented generation, each an object; null for none.</summary>
    public IReadOnlyList<JsonElement>? Documents { get; init; }

    /// <summary>
    /// Special tokens by name, such as <c>bos_token</c>, in addition to those of the template. Their text has the origin of the
    /// template.
    /// </summary>
    public IReadOnlyDictionary<string, string>? SpecialTokens { get; init; }

    /// <summary>
    /// Further variables of the template, such as <c>enable_thinking</c> or <c>date_string</c>. Their texts are content, which
    /// never becomes a control token.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement>? Variables { get; init; }

    /// <summary>The clock of <c>strftime_now</c>; null for the system clock.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>The limits of the rendering.</summary>
    public ChatTemplateLimits Limits { get; init; } = ChatTemplateLimits.Default;
}

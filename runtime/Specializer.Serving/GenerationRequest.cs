using System;
using Specializer.Text;

namespace Specializer.Serving;

/// <summary>A text to generate.</summary>
public sealed record GenerationRequest
{
    /// <summary>Gets the tokens of the prompt, at least one.</summary>
    public required ReadOnlyMemory<int> Prompt { get; init; }

    /// <summary>
    /// Gets the settings of this request; null for those of the model. Without <see cref="GenerationOptions.MaximumNewTokens"/>, a text
    /// ends at the latest where the context is full.
    /// </summary>
    public GenerationOptions? Options { get; init; }

    /// <summary>
    /// Gets the tenant, which the server derives from the caller's key and never from the content of a request. Caches are reused within a
    /// tenant only, and the queue is fair to tenants.
    /// </summary>
    public string Tenant { get; init; } = "";

    /// <summary>Gets the operation in metrics and traces: chat or text_completion.</summary>
    public string Operation { get; init; } = "chat";
}

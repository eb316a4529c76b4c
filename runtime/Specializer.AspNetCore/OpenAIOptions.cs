using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;

namespace Specializer.AspNetCore;

/// <summary>A key of callers. Only its hash is kept.</summary>
/// <param name="Tenant">The name of the tenant: caches are reused within it, and the queue is fair to it.</param>
/// <param name="Sha256">The SHA-256 of the key, 32 bytes.</param>
public sealed record ApiKey(string Tenant, ReadOnlyMemory<byte> Sha256)
{
    /// <summary>Creates the entry of a key.</summary>
    /// <param name="tenant">The name of the tenant.</param>
    /// <param name="key">The key, at least 16 characters.</param>
    /// <exception cref="ArgumentException">The key is shorter.</exception>
    public static ApiKey Of(string tenant, string key)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        ArgumentNullException.ThrowIfNull(key);
        return key.Length >= 16
            ? new ApiKey(tenant, SHA256.HashData(Encoding.UTF8.GetBytes(key)))
            : throw new ArgumentException($"The key of '{tenant}' has {key.Length} characters; expected at least 16.", nameof(key));
    }
}

/// <summary>The access to a server and its limits. The defaults serve this machine only.</summary>
public sealed class OpenAIOptions
{
    /// <summary>Gets the keys. Without any, only connections of this machine are served.</summary>
    public IList<ApiKey> Keys { get; } = [];

    /// <summary>Gets the values of the header Host that are served, without ports.</summary>
    public ISet<string> AllowedHosts { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "localhost", "127.0.0.1", "[::1]" };

    /// <summary>Gets the values of the header Origin that are served; pages of other origins are rejected.</summary>
    public ISet<string> AllowedOrigins { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets or sets whether other machines are served without a key.</summary>
    public bool AllowAnonymousBeyondLoopback { get; set; }

    /// <summary>Gets or sets the largest number of bytes of a request.</summary>
    public long BodyBytes { get; set; } = 1 << 20;

    /// <summary>Gets or sets the largest number of tokens of an answer, and the number where a request has none.</summary>
    public int OutputTokens { get; set; } = 1024;

    /// <summary>Gets or sets the largest number of answers of a request.</summary>
    public int Choices { get; set; } = 4;

    /// <summary>Gets or sets the largest number of stop strings.</summary>
    public int Stops { get; set; } = 4;

    /// <summary>Gets or sets the largest number of bytes of a stop string.</summary>
    public int StopBytes { get; set; } = 256;

    /// <summary>Gets or sets the largest number of alternatives of a token.</summary>
    public int TopLogProbabilities { get; set; } = 20;

    /// <summary>Gets or sets the largest number of messages of a conversation.</summary>
    public int Messages { get; set; } = 1024;

    /// <summary>Gets or sets the largest number of tools.</summary>
    public int Tools { get; set; } = 128;

    /// <summary>Gets or sets the largest number of texts of a request for embeddings.</summary>
    public int EmbeddingInputs { get; set; } = 256;

    /// <summary>Gets or sets the time between comments that keep an idle stream open.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets or sets the time in which running requests end when the server stops.</summary>
    public TimeSpan Drain { get; set; } = TimeSpan.FromSeconds(30);
}

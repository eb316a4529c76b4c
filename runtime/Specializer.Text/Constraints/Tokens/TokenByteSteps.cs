using System;
using System.Collections.Generic;

namespace Specializer.Text.Constraints;

/// <summary>
/// The steps of a decoder as a function from a token to bytes. Decoders whose text of a token depends on its neighbours have none,
/// except for a space that the first token loses.
/// </summary>
internal sealed class TokenByteSteps
{
    private readonly List<Func<byte[], byte[]>> _steps = [];
    private Func<byte[], byte[]?>? _exact;

    /// <summary>Whether the tokens are joined, so that later decoders see the whole text.</summary>
    public bool IsFused { get; set; }

    /// <summary>Whether the decoder removes one space from the start of the text.</summary>
    public bool DropsFirstSpace { get; set; }

    /// <summary>Whether the decoder removes all marks of spaces from the first token.</summary>
    public bool DropsSpacesOfFirstToken { get; set; }

    /// <summary>Adds a step.</summary>
    public void Add(Func<byte[], byte[]> step) => _steps.Add(step);

    /// <summary>Adds tokens whose bytes no later step changes.</summary>
    /// <param name="bytes">Returns the bytes of such a token, otherwise null.</param>
    public void AddExact(Func<byte[], byte[]?> bytes)
    {
        Func<byte[], byte[]?>? before = _exact;
        _exact = before is null ? bytes : token => before(token) ?? bytes(token);
    }

    /// <summary>Adds the replacement of a text.</summary>
    public void AddReplacement(byte[] old, byte[] replacement) =>
        Add(token =>
        {
            if (token.AsSpan().IndexOf(old) < 0)
            {
                return token;
            }

            var result = new List<byte>();
            ReadOnlySpan<byte> rest = token;
            for (int index = rest.IndexOf(old); index >= 0; index = rest.IndexOf(old))
            {
                result.AddRange(rest[..index]);
                result.AddRange(replacement);
                rest = rest[(index + old.Length)..];
            }

            result.AddRange(rest);
            return [.. result];
        });

    /// <summary>Returns the bytes that a token adds to the text.</summary>
    public byte[] BytesOf(byte[] token)
    {
        if (_exact?.Invoke(token) is { } bytes)
        {
            return bytes;
        }

        foreach (Func<byte[], byte[]> step in _steps)
        {
            token = step(token);
        }

        return token;
    }
}

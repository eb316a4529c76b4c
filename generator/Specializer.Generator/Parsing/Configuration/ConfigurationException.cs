using System;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>The exception that is thrown when a config.json cannot be read any further.</summary>
internal sealed class ConfigurationException(string message, int start, int length) : Exception(message)
{
    /// <summary>The position of the first invalid character.</summary>
    public int Start { get; } = start;

    /// <summary>The number of invalid characters.</summary>
    public int Length { get; } = length;
}

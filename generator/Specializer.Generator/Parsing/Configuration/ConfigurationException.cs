using System;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>What is wrong with a config.json, and where, if nothing more can be read of it.</summary>
internal sealed class ConfigurationException(string message, int start, int length) : Exception(message)
{
    /// <summary>The first character that is wrong.</summary>
    public int Start { get; } = start;

    /// <summary>How many characters.</summary>
    public int Length { get; } = length;
}

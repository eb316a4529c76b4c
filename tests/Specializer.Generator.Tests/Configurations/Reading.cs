using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Xunit;

namespace Specializer.Generator.Tests.Configurations;

/// <summary>Reads a config.json as the generator does.</summary>
internal static class Reading
{
    public static ConfigurationReading Of(string text, int contextLength = 0) =>
        new ConfigurationFile("config.json", text).Parse(new ConfigurationReference("config.json", contextLength, 0));

    /// <summary>The architecture of a file with which nothing is wrong.</summary>
    public static TransformerArchitecture Architecture(string text, int contextLength = 0)
    {
        ConfigurationReading reading = Of(text, contextLength);
        Assert.True(reading.IsUsable(acceptsUnread: false), Told(reading) + "\n" + text);
        return reading.Architecture!;
    }

    /// <summary>The one thing that is wrong with a file.</summary>
    public static string Problem(string text, int contextLength = 0)
    {
        ConfigurationReading reading = Of(text, contextLength);
        Assert.False(reading.IsUsable(acceptsUnread: false), "the file was accepted: " + text);
        ConfigurationProblem[] problems = [.. reading.Problems.Where(static problem => problem.Kind != ConfigurationProblemKind.Unused)];
        Assert.True(problems.Length == 1, Told(reading));
        return problems[0].Message;
    }

    public static RotaryPositions Rotary(TransformerArchitecture model, int kind = 0) =>
        (RotaryPositions)model.LayerKinds[kind].Attention.Positions;

    private static string Told(ConfigurationReading reading) =>
        string.Join("\n", reading.Problems.Select(static problem => $"{problem.Kind}: {problem.Message}"));
}

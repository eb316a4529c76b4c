using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Parsing.Families;

namespace Specializer.Fuzzing.Configurations;

/// <summary>A file that was drawn and perhaps changed, and what the parser makes of it.</summary>
internal sealed class ConfigurationCase
{
    /// <summary>Changes of a file at most.</summary>
    private const int MostChanges = 3;

    public ConfigurationCase(int seed)
    {
        Seed = seed;
        Random random = new(seed);
        File = ConfigurationDraw.Draw(random);

        // A third is unchanged, to test that valid files are accepted. Most of the others have one change.
        int changes = random.Next(3) == 0 ? 0 : 1 + (random.Next(3) == 0 ? random.Next(MostChanges) : 0);
        for (int i = 0; i < changes; i++)
        {
            ConfigurationMutator.Change(random, File);
        }

        IsChanged = changes > 0;
        try
        {
            var configuration = ModelConfiguration.Read(File.ToString());
            Architecture = FamilyParser.Parse(configuration);
            Problems = [.. configuration.Problems.InOrder.Select(static problem => problem.Message)];
            IsAccepted =
                Architecture is not null
                && configuration.Problems.InOrder.All(static problem => problem.Kind == ConfigurationProblemKind.Unused);
        }
        catch (ConfigurationException exception) when (File.Repeats)
        {
            // The one thing of the drawn text that is not read at all.
            Problems = [exception.Message];
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Exception = exception;
            Problems = [];
        }
    }

    public int Seed { get; }

    public JsonTree File { get; }

    public bool IsChanged { get; }

    public bool IsAccepted { get; }

    public TransformerArchitecture? Architecture { get; }

    public IReadOnlyList<string> Problems { get; }

    public Exception? Exception { get; }

    /// <summary>How the parser and the table disagree; null if they do not, or if the table leaves the file open.</summary>
    public string? Disagreement(out bool isOpen)
    {
        isOpen = false;
        if (Exception is not null)
        {
            return Exception.GetType().Name + ": " + Exception.Message;
        }

        if (!IsAccepted)
        {
            return null;
        }

        FamilyReading reading = FamilyReading.Of(File);
        if (reading.Undecided is not null)
        {
            isOpen = true;
            return null;
        }

        if (reading.Invalid is not null)
        {
            return "is accepted, though " + reading.Invalid;
        }

        SortedDictionary<string, string> found = ArchitectureFacts.Of(Architecture!);
        foreach ((string fact, string value) in reading.Facts)
        {
            if (!found.TryGetValue(fact, out string? other) || other != value)
            {
                return $"{fact} is {other ?? "absent"}, not {value}";
            }
        }

        return null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"seed {Seed}: {File}");
}

using System;
using System.Collections.Generic;
using System.Globalization;
using Specializer.TestKit;
using Specializer.Text.Tests.Fuzzing;
using Specializer.Text.Tests.Oracles;
using Xunit;
using Xunit.Abstractions;

namespace Specializer.Text.Tests;

/// <summary>
/// Random tokenizers and texts, compared with Hugging Face's own library. SPECIALIZER_TEXT_PAIRS is the number of pairs and
/// SPECIALIZER_TEXT_SEED the first seed; 1,000,000 pairs take some minutes.
/// </summary>
[Feature("tokenizers")]
public sealed class DifferentialTests(ITestOutputHelper output)
{
    [LibraryFact]
    public void Ids_and_text_equal_the_librarys()
    {
        int seed = Setting("SPECIALIZER_TEXT_SEED", 1);
        int pairs = Setting("SPECIALIZER_TEXT_PAIRS", 20_000);
        (int done, List<string> differences) = DifferentialFuzzer.RunMany(seed, pairs, TimeSpan.FromSeconds(pairs > 20_000 ? 100_000 : 60));
        output.WriteLine($"{done} pairs from seed {seed}, {differences.Count} differences");
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.True(done > 1000, $"only {done} pairs in 60 s");
    }

    [NodeFact]
    public void Ranges_pairs_types_truncation_and_padding_equal_the_librarys()
    {
        int seed = Setting("SPECIALIZER_TEXT_SEED", 1);
        int tokenizers = Setting("SPECIALIZER_TEXT_TOKENIZERS", 300);
        var differences = new List<string>();
        int cases = 0,
            ended = 0;
        var oracle = new NodeOracle();
        try
        {
            for (int i = 0; i < tokenizers && differences.Count < 20; i++)
            {
                differences.AddRange(RangeFuzzer.Run(seed + i, oracle, out int count, out bool end));
                cases += count;
                if (end)
                {
                    // The library panicked, and its process with it.
                    ended++;
                    oracle.Dispose();
                    oracle = new NodeOracle();
                }
            }
        }
        finally
        {
            oracle.Dispose();
        }

        output.WriteLine($"{cases} cases from seed {seed}, {differences.Count} differences, {ended} panics of the library");
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.True(ended <= tokenizers / 20, $"the library panicked {ended} times");
    }

    internal static int Setting(string name, int orElse) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : orElse;
}

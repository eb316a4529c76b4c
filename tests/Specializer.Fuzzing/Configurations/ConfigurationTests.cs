using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Parsing.Families;
using Specializer.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace Specializer.Fuzzing.Configurations;

/// <summary>
/// Random config.json, most of them changed, through the parser alone. The parser throws nothing, and an accepted model is that
/// of the plain tables of the families. SPECIALIZER_FUZZ_FILES is the number of files, SPECIALIZER_FUZZ_SEED the first seed.
/// </summary>
[Feature("configurations")]
[Feature("fuzzer")]
public sealed class ConfigurationTests(ITestOutputHelper output)
{
    private const int DefaultFiles = 30_000;

    /// <summary>Disagreements that are printed in full.</summary>
    private const int MostTold = 40;

    [Fact]
    public void Every_file_is_refused_or_the_model_that_its_family_says()
    {
        int first = FuzzTests.Seed,
            count = FuzzTests.Setting("SPECIALIZER_FUZZ_FILES", DefaultFiles);
        int accepted = 0,
            open = 0,
            asDrawn = 0,
            acceptedAsDrawn = 0;
        ConcurrentDictionary<string, (int Count, string Example)> disagreements = new(),
            refused = new();
        Parallel.For(
            first,
            first + count,
            seed =>
            {
                ConfigurationCase @case = new(seed);
                string? disagreement = @case.Disagreement(out bool isOpen);
                Add(ref accepted, @case.IsAccepted);
                Add(ref open, isOpen);
                Add(ref asDrawn, !@case.IsChanged);
                Add(ref acceptedAsDrawn, !@case.IsChanged && @case.IsAccepted);
                string family = @case.File["model_type"] as string ?? "";
                if (disagreement is not null)
                {
                    string what = family + ": " + new string([.. disagreement.Where(static character => !char.IsAsciiDigit(character))]);
                    disagreements.AddOrUpdate(what, (1, disagreement + "\n  " + @case), static (_, old) => (old.Count + 1, old.Example));
                }
                else if (!@case.IsChanged && !@case.IsAccepted)
                {
                    string what =
                        family + ": " + new string([.. @case.Problems[0].Where(static character => !char.IsAsciiDigit(character))]);
                    refused.AddOrUpdate(what, (1, @case.Problems[0] + "\n  " + @case), static (_, old) => (old.Count + 1, old.Example));
                }
            }
        );

        string summary = string.Create(
            CultureInfo.InvariantCulture,
            $"Seeds {first} to {first + count - 1}: {accepted} of {count} accepted, {open} of them left open by the tables; "
                + $"{acceptedAsDrawn} of {asDrawn} as drawn accepted; {disagreements.Values.Sum(static found => found.Count)} disagree."
        );
        output.WriteLine(summary);
        Console.WriteLine(summary);
        static string Tell(ConcurrentDictionary<string, (int Count, string Example)> found) =>
            string.Join(
                '\n',
                found
                    .OrderByDescending(static pair => pair.Value.Count)
                    .Take(MostTold)
                    .Select(static pair =>
                        FormattableString.Invariant($"{pair.Value.Count} times: {pair.Key.Split(':')[0]}: {pair.Value.Example}")
                    )
            );
        Assert.True(disagreements.IsEmpty, summary + "\n" + Tell(disagreements));

        // A test of nothing but refusals would show nothing.
        Assert.True(acceptedAsDrawn > 0.95 * asDrawn, summary + " Valid files are refused:\n" + Tell(refused));
        Assert.True(accepted > 0.3 * count && open < 0.15 * accepted, summary);
    }

    /// <summary>Files that were once accepted although they describe no model.</summary>
    [Theory]
    [InlineData("""{ "model_type": "roberta", "max_position_embeddings": 19, "pad_token_id": 4194305 }""", "pad_token_id")]
    [InlineData("""{ "model_type": "camembert", "max_position_embeddings": 19, "pad_token_id": 1e12 }""", "pad_token_id")]
    [InlineData("""{ "model_type": "llama", "max_position_embeddings": Infinity }""", "max_position_embeddings")]
    [InlineData(
        """
            { "model_type": "mistral", "max_position_embeddings": 1e12,
              "rope_scaling": { "rope_type": "llama3", "factor": 2, "low_freq_factor": 1, "high_freq_factor": 4 } }
            """,
        "max_position_embeddings"
    )]
    public void A_number_that_was_cut_off_in_silence_is_refused(string file, string field)
    {
        var configuration = ModelConfiguration.Read(file);
        FamilyParser.Parse(configuration);
        Assert.Contains(
            configuration.Problems.InOrder,
            problem =>
                problem.Kind == ConfigurationProblemKind.Invalid && problem.Message.StartsWith('"' + field + '"', StringComparison.Ordinal)
        );
    }

    private static void Add(ref int count, bool one)
    {
        if (one)
        {
            Interlocked.Increment(ref count);
        }
    }
}

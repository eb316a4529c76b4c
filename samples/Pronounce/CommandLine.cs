using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Specializer;

namespace Pronounce;

/// <summary>The command line: <c>Pronounce [words] [options]</c>.</summary>
internal sealed class CommandLine
{
    private static readonly string[] BuiltInSentence = ["generated", "code", "runs", "this", "transformer"];

    private readonly Argument<string[]> _words = new("words")
    {
        Description = $"The words to pronounce. Without any: {string.Join(' ', BuiltInSentence)}.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<int> _threads = new("--threads")
    {
        Description =
            "The number of threads; with --evaluate, the number of words pronounced at the same time. Default: automatic; with --evaluate one per core.",
        HelpName = "N",
        CustomParser = result => Number(result, 1, 1024, "an integer from 1 to 1024"),
    };

    private readonly Option<float> _temperature = new("--temperature")
    {
        Description = "0, the default, always selects the most probable phoneme; 1 draws from the distribution of the model.",
        HelpName = "T",
        CustomParser = result => Number(result, 0f, 100f, "a number of 0 to 100"),
    };

    private readonly Option<int> _topK = new("--top-k")
    {
        Description = "Draw from the K most probable phonemes only.",
        HelpName = "K",
        CustomParser = result => Number(result, 1, int.MaxValue, "an integer of at least 1"),
    };

    private readonly Option<float> _topP = new("--top-p")
    {
        Description = "Draw from the most probable phonemes with a total probability of P.",
        HelpName = "P",
        DefaultValueFactory = _ => 1f,
        CustomParser = result => Number(result, float.Epsilon, 1f, "a number above 0 and at most 1"),
    };

    private readonly Option<ulong> _seed = new("--seed")
    {
        Description = "The seed of the random numbers. The same seed gives the same phonemes.",
        HelpName = "S",
        CustomParser = result => Number(result, ulong.MinValue, ulong.MaxValue, "an integer of at least 0"),
    };

    private readonly Option<InstructionSet?> _instructionSet = new("--instruction-set")
    {
        Description = "The kernels to run. Default: the widest that this machine has.",
        HelpName = string.Join('|', Enum.GetNames<InstructionSet>()),
        CustomParser = ReadInstructionSet,
    };

    private readonly Option<bool> _evaluate = new("--evaluate")
    {
        Description = "Pronounce the held-out words and print the word and phoneme error rates.",
    };

    private readonly Option<int?> _limit = new("--limit")
    {
        Description = "With --evaluate: only N of the held-out words, spread evenly over their list.",
        HelpName = "N",
        CustomParser = result => Number(result, 1, int.MaxValue, "an integer of at least 1"),
    };

    /// <summary>Reads the command line, or executes <c>--help</c> and <c>--version</c>.</summary>
    /// <param name="arguments">The arguments of the process.</param>
    /// <param name="exitCode">The exit code of the process if there is nothing left to do.</param>
    /// <returns>The settings, or <see langword="null"/> if there is nothing left to do.</returns>
    /// <exception cref="PronounceException">An option is unknown, has an invalid value or contradicts another.</exception>
    public Settings? Read(string[] arguments, out int exitCode)
    {
        RootCommand command = new(
            "Prints the pronunciation of English words in ARPAbet (K ER1 N AH0 L; 1, 2 and 0 mark stress), using a transformer with generated code."
        )
        {
            _words,
            _threads,
            _temperature,
            _topK,
            _topP,
            _seed,
            _instructionSet,
            _evaluate,
            _limit,
        };

        // A word may start with any character, so the parser must not interpret @word or [word].
        command.Directives.Clear();
        ParseResult result = command.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        exitCode = 0;
        if (result.Errors.Count > 0 && result.Action is not { ClearsParseErrors: true })
        {
            throw new PronounceException(result.Errors[0].Message);
        }

        if (result.Action is not null)
        {
            exitCode = result.Invoke();
            return null;
        }

        ThrowIfUnknownOption(result);
        return ToSettings(result);
    }

    // The parser treats an unknown option as a word, and "-" is a letter, so a misspelled option would be pronounced.
    private static void ThrowIfUnknownOption(ParseResult result)
    {
        foreach (Token token in result.Tokens)
        {
            if (token.Type == TokenType.DoubleDash)
            {
                return;
            }

            if (token.Type == TokenType.Argument && token.Value.StartsWith('-'))
            {
                throw new PronounceException(
                    $"the option {token.Value} does not exist; --help lists the options. For a word that starts with '-', write -- before it."
                );
            }
        }
    }

    private Settings ToSettings(ParseResult result)
    {
        string[] given = result.GetValue(_words) ?? [];
        List<string> words = [];
        foreach (string argument in given)
        {
            words.AddRange(argument.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        }

        bool evaluate = result.GetValue(_evaluate);
        float temperature = result.GetValue(_temperature);
        if (given.Length > 0 && words.Count == 0)
        {
            throw new PronounceException("the words are empty; pass at least one letter, or no word for the built-in sentence.");
        }

        if (evaluate && given.Length > 0)
        {
            throw new PronounceException($"--evaluate pronounces the held-out words; remove \"{words[0]}\" or --evaluate.");
        }

        if (!evaluate && result.GetResult(_limit) is not null)
        {
            throw new PronounceException("--limit is the number of held-out words to evaluate; add --evaluate.");
        }

        Option? unused = temperature > 0 ? null : Given(_topK) ?? Given(_topP) ?? Given(_seed);
        if (unused is not null)
        {
            throw new PronounceException(
                $"{unused.Name} has no effect with --temperature 0, which always selects the most probable phoneme; add --temperature 1, for example."
            );
        }

        return new Settings
        {
            Words = evaluate || words.Count > 0 ? words : BuiltInSentence,
            Threads = result.GetValue(_threads),
            InstructionSet = result.GetValue(_instructionSet),
            Sampling = new SamplingOptions
            {
                Temperature = temperature,
                TopK = result.GetValue(_topK),
                TopP = result.GetValue(_topP),
                Seed = result.GetValue(_seed),
            },
            Evaluate = evaluate,
            Limit = result.GetValue(_limit),
        };

        Option? Given(Option option) => result.GetResult(option) is { Implicit: false } ? option : null;
    }

    private static InstructionSet? ReadInstructionSet(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        foreach (InstructionSet instructionSet in Enum.GetValues<InstructionSet>())
        {
            if (string.Equals(text, instructionSet.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                if (!InstructionSets.IsSupported(instructionSet))
                {
                    result.AddError(
                        $"--instruction-set {instructionSet}: this machine does not support it; the widest supported set is {InstructionSets.Best}."
                    );
                }

                return instructionSet;
            }
        }

        result.AddError(
            $"--instruction-set {text}: the instruction set does not exist; choose one of {string.Join(", ", Enum.GetNames<InstructionSet>())}."
        );
        return null;
    }

    private static T Number<T>(ArgumentResult result, T least, T most, string expected)
        where T : struct, IComparable<T>, ISpanParsable<T>
    {
        string text = result.Tokens[0].Value;
        bool valid =
            T.TryParse(text, CultureInfo.InvariantCulture, out T value) && value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0;
        if (!valid)
        {
            result.AddError($"{((OptionResult)result.Parent!).Option.Name} {text}: expected {expected}.");
        }

        return value;
    }
}

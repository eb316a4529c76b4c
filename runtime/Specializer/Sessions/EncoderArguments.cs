using System;
using System.Diagnostics.CodeAnalysis;

namespace Specializer;

/// <summary>Checks the arguments of an encoder, and reports errors precisely.</summary>
[SuppressMessage("Usage", "CA2208", Justification = "The names are those that the caller gave the parts of its input.")]
internal static class EncoderArguments
{
    public static void Check(ModelDescription model, in TokenInput input, ReadOnlySpan<float> output, ReadOnlySpan<float> hiddenStates)
    {
        ReadOnlySpan<int> tokens = input.Tokens;
        int sequences = input.Sequences;
        if (tokens.IsEmpty)
        {
            throw new ArgumentException(
                "There are no tokens; give at least one (most models expect a special token first).",
                nameof(tokens)
            );
        }

        if (sequences < 1 || tokens.Length % sequences != 0)
        {
            throw new ArgumentException(
                $"{tokens.Length} tokens are no whole number of rows for {sequences} sequences; fill every sequence up to the same length.",
                nameof(tokens)
            );
        }

        CheckMask(input);
        for (int sequence = 0; sequence < sequences; sequence++)
        {
            int length = input.LengthOf(sequence);
            if (length < 1 || length > input.Longest)
            {
                throw new ArgumentOutOfRangeException(
                    "lengths",
                    length,
                    $"Sequence {sequence} has the length {length}; its row holds {input.Longest} tokens, so a length is 1 to {input.Longest}."
                );
            }

            if (length > model.ContextLength)
            {
                throw new ArgumentException(
                    $"{length} tokens do not fit: {model.Name} has a context of {model.ContextLength} positions. Cut the sequence, or encode it in parts.",
                    nameof(tokens)
                );
            }
        }

        CheckTypes(model, input);
        if (!input.GlobalTokens.IsEmpty && !model.GlobalTokens)
        {
            throw new ArgumentException($"{model.Name} has no global tokens; leave them out.", "globalTokens");
        }

        if (!input.GlobalTokens.IsEmpty && input.GlobalTokens.Length != tokens.Length)
        {
            throw new ArgumentException(
                $"There are {input.GlobalTokens.Length} marks of global tokens for {tokens.Length} tokens; give as many, or none.",
                "globalTokens"
            );
        }

        CheckSpans(model, sequences, input.Longest, output, hiddenStates);
    }

    /// <summary>Tokens precede padding: a gap would move the positions of the tokens after it.</summary>
    private static void CheckMask(in TokenInput input)
    {
        ReadOnlySpan<int> mask = input.AttentionMask;
        if (mask.IsEmpty)
        {
            return;
        }

        if (!input.Lengths.IsEmpty)
        {
            throw new ArgumentException("There are lengths and an attention mask; give one of them.", "attentionMask");
        }

        if (mask.Length != input.Tokens.Length)
        {
            throw new ArgumentException(
                $"The attention mask has {mask.Length} elements for {input.Tokens.Length} tokens; give as many.",
                "attentionMask"
            );
        }

        for (int sequence = 0; sequence < input.Sequences; sequence++)
        {
            ReadOnlySpan<int> row = mask.Slice(sequence * input.Longest, input.Longest);
            int length = input.LengthOf(sequence);
            int after = row[length..].IndexOfAnyExcept(0);
            if (after >= 0)
            {
                throw new ArgumentException(
                    $"The attention mask of sequence {sequence} has a 0 at {length} and a token at {length + after}; padding must follow the tokens.",
                    "attentionMask"
                );
            }
        }
    }

    private static void CheckTypes(ModelDescription model, in TokenInput input)
    {
        ReadOnlySpan<int> tokenTypes = input.TokenTypes;
        if (tokenTypes.IsEmpty)
        {
            return;
        }

        if (model.TokenTypes == 0)
        {
            throw new ArgumentException($"{model.Name} has no token types; leave them out.", nameof(tokenTypes));
        }

        if (tokenTypes.Length != input.Tokens.Length)
        {
            throw new ArgumentException(
                $"There are {tokenTypes.Length} token types for {input.Tokens.Length} tokens; give as many, or none for type 0.",
                nameof(tokenTypes)
            );
        }

        for (int sequence = 0; sequence < input.Sequences; sequence++)
        {
            int first = sequence * input.Longest;
            for (int i = first; i < first + input.LengthOf(sequence); i++)
            {
                if ((uint)tokenTypes[i] >= (uint)model.TokenTypes)
                {
                    throw new ArgumentOutOfRangeException(
                        nameof(tokenTypes),
                        tokenTypes[i],
                        $"The type of token {i} is {tokenTypes[i]}; {model.Name} has {model.TokenTypes} token types, so they are 0 to {model.TokenTypes - 1}."
                    );
                }
            }
        }
    }

    /// <summary>Checks that an input is one sequence of tokens and nothing else.</summary>
    public static void CheckPlain(ModelDescription model, in TokenInput input, string parameter)
    {
        if (!input.IsPlain)
        {
            throw new ArgumentException(
                $"{model.Name} takes one sequence of tokens here, without padding; the input has several sequences, lengths, token types, a mask or global tokens. Give the tokens alone.",
                parameter
            );
        }
    }

    public static void CheckSpans(
        ModelDescription model,
        int sequences,
        int longest,
        ReadOnlySpan<float> output,
        ReadOnlySpan<float> hiddenStates
    )
    {
        if (output.IsEmpty && hiddenStates.IsEmpty)
        {
            throw new ArgumentException(
                "The span for the output is empty, and so is that for the hidden states; give at least one of them.",
                nameof(output)
            );
        }

        long expected = (long)sequences * (model.OutputPerToken ? longest : 1) * model.OutputWidth;
        if (!output.IsEmpty && output.Length != expected)
        {
            string rows = model.OutputPerToken ? $"{sequences} sequences of {longest} tokens" : $"{sequences} sequences";
            throw new ArgumentException(
                $"The span for the output has {output.Length} elements; {rows} with {model.OutputWidth} each need {expected}.",
                nameof(output)
            );
        }

        long expectedStates = (long)sequences * longest * model.DModel;
        if (!hiddenStates.IsEmpty && hiddenStates.Length != expectedStates)
        {
            throw new ArgumentException(
                $"The span for the hidden states has {hiddenStates.Length} elements; {sequences} sequences of {longest} tokens, {model.DModel} wide, need {expectedStates}.",
                nameof(hiddenStates)
            );
        }
    }
}

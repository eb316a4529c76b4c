using System;

namespace Specializer;

/// <summary>Checks what the caller of an encoder gives, and says precisely what is wrong with it.</summary>
internal static class EncoderArguments
{
    /// <returns>The length of a row of tokens.</returns>
    public static int Check(
        ModelDescription model, EncoderDescription encoder, ReadOnlySpan<int> tokens, ReadOnlySpan<int> tokenTypes, ReadOnlySpan<int> lengths, ReadOnlySpan<float> output, ReadOnlySpan<float> hiddenStates)
    {
        if (tokens.IsEmpty || lengths.IsEmpty)
        {
            throw new ArgumentException("There are no tokens; give at least one (most models expect a special token first).", nameof(tokens));
        }

        if (tokens.Length % lengths.Length != 0)
        {
            throw new ArgumentException(
                $"{tokens.Length} tokens are no whole number of rows for {lengths.Length} sequences; fill every sequence up to the same length.", nameof(tokens));
        }

        int longest = tokens.Length / lengths.Length;
        for (int sequence = 0; sequence < lengths.Length; sequence++)
        {
            int length = lengths[sequence];
            if (length < 1 || length > longest)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(lengths), length, $"Sequence {sequence} has the length {length}; its row holds {longest} tokens, so a length is 1 to {longest}.");
            }

            if (length > model.ContextLength)
            {
                throw new ArgumentException(
                    $"{length} tokens do not fit: {model.Name} has a context of {model.ContextLength} positions. Cut the sequence, or encode it in parts.", nameof(tokens));
            }
        }

        CheckTypes(model, encoder, tokens.Length, tokenTypes, lengths, longest);
        CheckSpans(model, encoder, lengths.Length, longest, output, hiddenStates);
        return longest;
    }

    private static void CheckTypes(ModelDescription model, EncoderDescription encoder, int tokens, ReadOnlySpan<int> tokenTypes, ReadOnlySpan<int> lengths, int longest)
    {
        if (tokenTypes.IsEmpty)
        {
            return;
        }

        if (encoder.TokenTypes == 0)
        {
            throw new ArgumentException($"{model.Name} has no token types; leave them out.", nameof(tokenTypes));
        }

        if (tokenTypes.Length != tokens)
        {
            throw new ArgumentException($"There are {tokenTypes.Length} token types for {tokens} tokens; give as many, or none for type 0.", nameof(tokenTypes));
        }

        for (int sequence = 0; sequence < lengths.Length; sequence++)
        {
            for (int i = sequence * longest; i < (sequence * longest) + lengths[sequence]; i++)
            {
                if ((uint)tokenTypes[i] >= (uint)encoder.TokenTypes)
                {
                    throw new ArgumentOutOfRangeException(
                        nameof(tokenTypes), tokenTypes[i], $"The type of token {i} is {tokenTypes[i]}; {model.Name} has {encoder.TokenTypes} token types, so they are 0 to {encoder.TokenTypes - 1}.");
                }
            }
        }
    }

    public static void CheckSpans(ModelDescription model, EncoderDescription encoder, int sequences, int longest, ReadOnlySpan<float> output, ReadOnlySpan<float> hiddenStates)
    {
        if (output.IsEmpty && hiddenStates.IsEmpty)
        {
            throw new ArgumentException("The span for the output is empty, and so is that for the hidden states; give at least one of them.", nameof(output));
        }

        long expected = (long)sequences * (encoder.OutputPerToken ? longest : 1) * encoder.OutputWidth;
        if (!output.IsEmpty && output.Length != expected)
        {
            string rows = encoder.OutputPerToken ? $"{sequences} sequences of {longest} tokens" : $"{sequences} sequences";
            throw new ArgumentException($"The span for the output has {output.Length} elements; {rows} with {encoder.OutputWidth} each need {expected}.", nameof(output));
        }

        long expectedStates = (long)sequences * longest * model.DModel;
        if (!hiddenStates.IsEmpty && hiddenStates.Length != expectedStates)
        {
            throw new ArgumentException(
                $"The span for the hidden states has {hiddenStates.Length} elements; {sequences} sequences of {longest} tokens, {model.DModel} wide, need {expectedStates}.", nameof(hiddenStates));
        }
    }
}

using System.Globalization;
using System.IO;
using Specializer.Generator.Planning;
using Specializer.Text;

namespace Specializer.Tool;

/// <summary>The tokenizer of a model's folder, and whether the model supports all of its tokens.</summary>
/// <param name="Description">The number of tokens; null if the tokenizer cannot be loaded.</param>
/// <param name="Problem">The problem, or null.</param>
internal sealed record TokenizerReport(string? Description, string? Problem)
{
    /// <summary>Reads the tokenizer of a folder.</summary>
    /// <returns>The report; null if the folder contains no tokenizer.</returns>
    public static TokenizerReport? Of(string folder, ExecutionPlan plan)
    {
        try
        {
            if (Tokenizer.TryLoad(folder) is not { } tokenizer)
            {
                return null;
            }

            int vocabulary = plan.Architecture.Embeddings.VocabularySize;
            return new TokenizerReport(
                string.Create(CultureInfo.InvariantCulture, $"{tokenizer.VocabularySize:N0} tokens for a vocabulary of {vocabulary:N0}"),
                tokenizer.DescribeTokensBeyond(vocabulary, "the model")
            );
        }
        catch (System.Exception exception) when (exception is TokenizerException or IOException)
        {
            return new TokenizerReport(null, exception.Message);
        }
    }
}

using System;
using System.Collections.Generic;

namespace Specializer.Text.PostProcessors;

/// <summary>A piece of a template: a text, or special tokens.</summary>
/// <param name="Sequence">0 or 1 for a text, -1 for special tokens.</param>
/// <param name="TypeId">The type id of its tokens.</param>
/// <param name="Tokens">The special tokens.</param>
internal sealed record TemplatePiece(int Sequence, int TypeId, int[] Tokens);

/// <summary>TemplateProcessing: texts and special tokens in the order of a template.</summary>
internal sealed class TemplateProcessor(TemplatePiece[] single, TemplatePiece[] pair) : IPostProcessor
{
    public int CountAdded(bool isPair)
    {
        int count = 0;
        foreach (TemplatePiece piece in isPair ? pair : single)
        {
            count += piece.Tokens.Length;
        }

        return count;
    }

    public List<TokenSequence> Process(List<TokenSequence> parts, bool addSpecialTokens)
    {
        var result = new List<TokenSequence>();
        foreach (TemplatePiece piece in parts.Count > 1 ? pair : single)
        {
            if (piece.Sequence >= 0)
            {
                TokenSequence part = parts[piece.Sequence];
                part.TypeArray.AsSpan().Fill(piece.TypeId);
                result.Add(part.Copy());
            }
            else if (addSpecialTokens)
            {
                result.Add(TokenSequence.OfSpecial(piece.Tokens, piece.TypeId));
            }
        }

        return result;
    }
}

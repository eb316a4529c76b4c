using System;
using System.Text;

namespace Specializer.Text.Templates;

/// <summary>Changes the case of texts; each character keeps its origin.</summary>
internal static class TextCases
{
    public static TextValue Upper(RenderContext context, TextValue text) =>
        Map(context, text, (builder, characters, index, _) => CaseMapping.AppendUpper(builder, CodePoints.At(characters, index)));

    public static TextValue Lower(RenderContext context, TextValue text) =>
        Map(context, text, (builder, characters, index, _) => AppendLower(builder, characters, index));

    /// <summary>Python's <c>capitalize</c>: the first character in title case, the others in lower case.</summary>
    public static TextValue Capitalize(RenderContext context, TextValue text) =>
        Map(
            context,
            text,
            (builder, characters, index, _) =>
            {
                if (index == 0)
                {
                    CaseMapping.AppendTitle(builder, CodePoints.At(characters, 0));
                }
                else
                {
                    AppendLower(builder, characters, index);
                }
            }
        );

    /// <summary>Python's <c>title</c>: a letter after one that has no case begins a word.</summary>
    public static TextValue Title(RenderContext context, TextValue text) =>
        Map(
            context,
            text,
            (builder, characters, index, previous) =>
            {
                if (previous >= 0 && CaseMapping.IsCased(CodePoints.At(characters, previous)))
                {
                    AppendLower(builder, characters, index);
                }
                else
                {
                    CaseMapping.AppendTitle(builder, CodePoints.At(characters, index));
                }
            }
        );

    /// <summary>Jinja's filter <c>title</c>: words begin after white space and some punctuation, with an upper case letter.</summary>
    public static TextValue JinjaTitle(RenderContext context, TextValue text)
    {
        int begin = 0;
        string all = context.Characters(text);
        return Map(
            context,
            text,
            (builder, characters, index, previous) =>
            {
                bool divides = Divides(characters[index]);
                bool begins = previous < 0 || divides != Divides(characters[previous]);
                begin = begins ? index : begin;
                if (begins)
                {
                    CaseMapping.AppendUpper(builder, CodePoints.At(characters, index));
                }
                else
                {
                    AppendLower(builder, characters, index, begin + CodePoints.LengthAt(all, begin), WordEnd(characters, index));
                }
            }
        );
    }

    private static int WordEnd(string characters, int index)
    {
        if (characters[index] != '\u03A3')
        {
            return characters.Length;
        }

        while (index < characters.Length && !Divides(characters[index]))
        {
            index++;
        }

        return index;
    }

    private static bool Divides(char character) => character is '-' or '(' or '{' or '[' or '<' || CodePoints.IsSpace(character);

    private static void AppendLower(StringBuilder builder, string characters, int index) =>
        AppendLower(builder, characters, index, 0, characters.Length);

    // The final sigma depends on its context within the mapped part.
    private static void AppendLower(StringBuilder builder, string characters, int index, int start, int end)
    {
        if (characters[index] == '\u03A3')
        {
            string part = start == 0 && end == characters.Length ? characters : characters[start..end];
            builder.Append(CaseMapping.IsFinalSigma(part, index - start) ? '\u03C2' : '\u03C3');
        }
        else
        {
            CaseMapping.AppendLower(builder, CodePoints.At(characters, index));
        }
    }

    private static TextValue Map(RenderContext context, TextValue text, Action<StringBuilder, string, int, int> map)
    {
        string characters = context.Characters(text);
        TextBuilder builder = context.Builder();
        StringBuilder mapped = new();
        Origin origin = Origin.Template;
        int previous = -1;
        context.Budget.Read(4L * characters.Length);
        for (int i = 0; i < characters.Length; i += CodePoints.LengthAt(characters, i))
        {
            Origin next = text.OriginAt(i);
            if (next != origin || mapped.Length > 200)
            {
                builder.Append(mapped.ToString(), origin);
                mapped.Clear();
                origin = next;
            }

            map(mapped, characters, i, previous);
            previous = i;
        }

        return builder.Append(mapped.ToString(), origin).ToText(text.IsSafe);
    }
}

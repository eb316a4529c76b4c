using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Specializer.Samples.Tests.Embeddings;

/// <summary>500 sentences in 20 languages, some of them repeated to many times the length that the model accepts.</summary>
internal static class Sentences
{
    public static IReadOnlyList<string> All { get; } = [.. Read().Select(Lengthen)];

    private static IEnumerable<string> Read() =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Embeddings", "Sentences.txt"))
            .Where(static line => !line.StartsWith('#'))
            .Select(static line => line.Split('|')[1..])
            .SelectMany(static parts => parts[..5].SelectMany(_ => parts[5..], static (beginning, end) => $"{beginning} {end}"));

    /// <summary>Every tenth sentence is longer: 2 to 51 times.</summary>
    private static string Lengthen(string sentence, int index) =>
        index % 10 == 3 ? string.Join(' ', Enumerable.Repeat(sentence, 2 + (index / 10))) : sentence;
}

using System;
using System.Collections.Generic;
using System.Text;
using Specializer.Text.Models;
using Specializer.Text.Normalizers;
using Specializer.Text.Unicode;

namespace Specializer.Text.Pipeline;

/// <summary>The added tokens, their ids and their matches in text, leftmost and longest first.</summary>
internal sealed class AddedVocabulary
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<int, AddedToken> _tokens = [];
    private readonly Dictionary<int, byte[]> _texts = [];
    private readonly HashSet<string> _special = new(StringComparer.Ordinal);
    private readonly AddedTokenFinder _raw;
    private readonly AddedTokenFinder _normalized;

    public AddedVocabulary(
        IReadOnlyList<AddedToken> tokens,
        IReadOnlyList<string> silentSpecialTokens,
        Vocabulary vocabulary,
        INormalizer? normalizer
    )
    {
        var specialTokens = new List<AddedToken>();
        var otherTokens = new List<AddedToken>();
        foreach (AddedToken token in tokens)
        {
            if (token.Special && token.Content.Length > 0 && _special.Add(token.Content))
            {
                specialTokens.Add(token);
            }
        }

        int next = vocabulary.Count;
        var existing = new HashSet<AddedToken>();
        foreach (AddedToken token in tokens)
        {
            if (token.Content.Length == 0 || existing.Contains(token))
            {
                continue;
            }

            // As in the library, the ids of the file are ignored: a token has the id of its text, or the next free id.
            if (!_ids.TryGetValue(token.Content, out int id))
            {
                id = vocabulary.Find(token.Content);
                id = id >= 0 ? id : next++;
            }

            _ids[token.Content] = id;
            _tokens[id] = token;
            _texts[id] = Encoding.UTF8.GetBytes(token.Content);
            if (!_special.Contains(token.Content))
            {
                otherTokens.Add(token);
            }

            existing.Add(token);
        }

        var raw = new List<(byte[], int)>();
        var normalized = new List<(byte[], int)>();
        foreach (AddedToken token in (List<AddedToken>)[.. specialTokens, .. otherTokens])
        {
            int id = _ids[token.Content];
            if (token.Normalized)
            {
                normalized.Add((Normalize(token.Content, normalizer), id));
            }
            else
            {
                raw.Add((Encoding.UTF8.GetBytes(token.Content), id));
            }
        }

        foreach (string token in silentSpecialTokens)
        {
            _special.Add(token);
        }

        _raw = new AddedTokenFinder(raw, this);
        _normalized = new AddedTokenFinder(normalized, this);
        foreach (int id in _tokens.Keys)
        {
            IdLimit = Math.Max(IdLimit, id + 1);
        }
    }

    /// <summary>The highest id plus one.</summary>
    public int IdLimit { get; }

    /// <summary>The number of tokens.</summary>
    public int Count => _tokens.Count;

    /// <summary>The tokens by id.</summary>
    public IReadOnlyDictionary<int, AddedToken> Tokens => _tokens;

    /// <summary>Finds tokens in the original text.</summary>
    public AddedTokenFinder Raw => _raw;

    /// <summary>Finds tokens in normalized text.</summary>
    public AddedTokenFinder Normalized => _normalized;

    public bool TryGetId(string content, out int id) => _ids.TryGetValue(content, out id);

    public bool TryGetText(int id, out byte[]? text) => _texts.TryGetValue(id, out text);

    /// <summary>The texts of special tokens.</summary>
    public IReadOnlyCollection<string> SpecialTexts => _special;

    public bool IsSpecial(string content) => _special.Contains(content);

    private static byte[] Normalize(string content, INormalizer? normalizer)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(content);
        if (normalizer is null)
        {
            return bytes;
        }

        var buffer = new TextBuffer();
        buffer.Clear(tracked: false);
        bytes.CopyTo(buffer.Reserve(bytes.Length));
        buffer.Advance(bytes.Length);
        var text = new NormalizedText();
        text.Set(buffer, 0, bytes.Length);
        normalizer.Normalize(text);
        return text.Bytes.Length > 0
            ? text.Bytes.ToArray()
            : throw new TokenizerException(
                "$.added_tokens",
                $"normalization removes the whole token '{content}', which is matched in normalized text"
            );
    }
}

using System;
using System.Linq;
using System.Runtime.CompilerServices;

namespace Specializer.Text.Constraints;

/// <summary>The bytes of the tokens of a tokenizer, for masks. It is created once for each tokenizer.</summary>
internal sealed class TokenText
{
    private static readonly ConditionalWeakTable<Tokenizer, TokenText> s_known = new();

    private readonly byte[]?[] _tokens;
    private readonly Lazy<InnerTokens> _stringTokens;

    private TokenText(Tokenizer tokenizer)
    {
        var steps = new TokenByteSteps();
        if (!tokenizer.Decoder.TryAddByteSteps(steps))
        {
            throw new ConstraintException(
                "the decoder of the tokenizer joins tokens by rules that depend on their neighbours, so that masks of tokens cannot be computed; "
                    + "expected byte-level BPE, SentencePiece or byte fallback"
            );
        }

        int unknown = tokenizer.UnknownToken is { } name ? tokenizer.TokenToId(name) ?? -1 : -1;
        var tokens = new byte[]?[tokenizer.VocabularySize];
        for (int token = 0; token < tokens.Length; token++)
        {
            if (tokenizer.TryGetDecodable(token, skipSpecialTokens: true, out ReadOnlySpan<byte> text) && token != unknown)
            {
                tokens[token] = steps.BytesOf(text.ToArray());
            }
        }

        _tokens = tokens;
        Trie = new TokenTrie(tokens);
        _stringTokens = new Lazy<InnerTokens>(FindStringTokens);
        DropsFirstSpace = steps.DropsFirstSpace || steps.DropsSpacesOfFirstToken;
        if (steps.DropsSpacesOfFirstToken)
        {
            // Tokens with a space inside lose it as first token, but nowhere else.
            NotFirst =
            [
                .. Enumerable
                    .Range(0, tokens.Length)
                    .Where(token => tokens[token] is { Length: > 1 } bytes && bytes.AsSpan(1).Contains((byte)' ')),
            ];
        }
    }

    public TokenTrie Trie { get; }

    /// <summary>The tokens inside a JSON string, from between two scalars.</summary>
    public InnerTokens StringTokens => _stringTokens.Value;

    /// <summary>Whether the decoder drops a space at the start of the text.</summary>
    public bool DropsFirstSpace { get; }

    /// <summary>Tokens that have other bytes as the first token.</summary>
    public int[] NotFirst { get; } = [];

    private InnerTokens FindStringTokens()
    {
        RuleGraph graph = RuleGraph.Build(new JsonGrammar(new JsonConstraintOptions()).StringRest);
        var local = new LocalStates(graph);
        return InnerTokens.Find(local, new TextStates(graph, local), Trie, local.Start(0), new int[Trie.MaximumDepth + 1]);
    }

    /// <summary>Returns the bytes of a token; none for control tokens and ids outside the vocabulary.</summary>
    public ReadOnlySpan<byte> BytesOf(int token) => (uint)token < (uint)_tokens.Length ? _tokens[token] : default;

    /// <summary>Returns the bytes of a tokenizer's tokens.</summary>
    /// <exception cref="ConstraintException">The text of a token depends on its neighbours.</exception>
    public static TokenText Of(Tokenizer tokenizer) => s_known.GetValue(tokenizer, static tokenizer => new TokenText(tokenizer));
}

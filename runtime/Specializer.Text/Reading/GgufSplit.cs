using System.Collections.Frozen;
using System.Collections.Generic;
using System.Linq;
using Specializer.Text.Normalizers;
using Specializer.Text.Patterns;
using Specializer.Text.PreTokenizers;

namespace Specializer.Text.Reading;

/// <summary>The pre-tokenizers that <c>tokenizer.ggml.pre</c> names.</summary>
/// <remarks>
/// Each name represents the tokenizer.json of the models that have it (convert_hf_to_gguf_update.py of llama.cpp), whose pattern and
/// normalizer are used. A name is added only with its pattern known; others are refused.
/// </remarks>
/// <param name="Pattern">The pattern of the words.</param>
/// <param name="SingleDigits">Whether digits are words of their own before the pattern applies.</param>
/// <param name="IgnoreMerges">Whether a word of the vocabulary is a token without merging.</param>
/// <param name="Composes">Whether text is normalized to NFC.</param>
/// <param name="AddsBegin">Whether a text begins with the token of the beginning unless a key disables it.</param>
/// <param name="AddsSeparator">Whether texts have the special tokens of RoBERTa.</param>
internal sealed record GgufSplit(
    string Pattern,
    bool SingleDigits = false,
    bool IgnoreMerges = false,
    bool Composes = false,
    bool AddsBegin = false,
    bool AddsSeparator = false
)
{
    private const string Tekken =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private static readonly GgufSplit s_gpt2 = new(Gpt2Scanner.Pattern),
        s_roberta = new(Gpt2Scanner.Pattern, AddsSeparator: true),
        s_digits = new(Gpt2Scanner.Pattern, SingleDigits: true),
        s_llama3 = new(Cl100kScanner.Pattern, IgnoreMerges: true, AddsBegin: true),
        s_cl100k = new(Cl100kScanner.Pattern),
        s_qwen2 = new(Cl100kScanner.QwenPattern, Composes: true),
        s_o200k = new(O200kScanner.Pattern),
        s_tekken = new(Tekken, IgnoreMerges: true, AddsBegin: true);

    private static readonly FrozenDictionary<string, GgufSplit> s_byName = new Dictionary<string, GgufSplit>
    {
        ["gpt-2"] = s_gpt2,
        ["phi-2"] = s_gpt2,
        ["roberta-bpe"] = s_roberta,
        ["jina-v1-en"] = s_roberta,
        ["starcoder"] = s_digits,
        ["refact"] = s_digits,
        ["smollm"] = s_digits,
        ["llama3"] = s_llama3,
        ["llama-v3"] = s_llama3,
        ["llama-bpe"] = s_llama3,
        ["smaug-bpe"] = s_cl100k,
        ["dbrx"] = s_cl100k,
        ["chatglm-bpe"] = s_cl100k,
        ["glm4"] = s_cl100k,
        ["qwen2"] = s_qwen2,
        ["deepseek-r1-qwen"] = s_qwen2,
        ["gpt-4o"] = s_o200k,
        ["llama4"] = s_o200k,
        ["tekken"] = s_tekken,
    }.ToFrozenDictionary();

    /// <summary>The supported names, for messages.</summary>
    public static string Known => string.Join(", ", s_byName.Keys.Order(System.StringComparer.Ordinal));

    /// <summary>Finds a pre-tokenizer by its name.</summary>
    public static GgufSplit? Find(string name) => s_byName.GetValueOrDefault(name);

    /// <summary>Creates the pre-tokenizer.</summary>
    /// <param name="prefixSpace">Whether a space is prepended.</param>
    public IPreTokenizer Create(bool prefixSpace)
    {
        if (Pattern == Gpt2Scanner.Pattern)
        {
            var words = new ByteLevelPreTokenizer(prefixSpace, useRegex: true, mapBytes: true);
            return SingleDigits
                ? new PreTokenizerSequence([new ScalarPreTokenizer(Unicode.UnicodeFlags.Numeric, -1, SplitBehavior.Isolated), words])
                : words;
        }

        return new PreTokenizerSequence([
            new SplitPreTokenizer(PatternFactory.FromRegex(Pattern), SplitBehavior.Isolated, invert: false),
            new ByteLevelPreTokenizer(prefixSpace, useRegex: false, mapBytes: true),
        ]);
    }

    /// <summary>Creates the normalizer, or returns null.</summary>
    public INormalizer? CreateNormalizer() => Composes ? new UnicodeNormalizer(compatibility: false, compose: true) : null;
}

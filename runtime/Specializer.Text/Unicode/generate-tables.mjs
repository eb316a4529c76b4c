// Writes UnicodeTables.Data.cs: what each component of Hugging Face's `tokenizers` library knows of every code point.
//
//     npm install @anush008/tokenizers@0.6.0 && node generate-tables.mjs
//
// The library mixes crates of different Unicode versions (Oniguruma, regex, unicode_categories, unicode-normalization,
// Rust's own char), so no single version of the Unicode database has its answers. The script asks the library itself.
// UnicodeTableTests compares the result with .NET's own tables and lists where they differ.
import { createRequire } from 'module';
import { writeFileSync } from 'fs';
const { Tokenizer } = createRequire(process.cwd() + '/x.js')('@anush008/tokenizers');

const scalars = [];
for (let c = 0; c < 0x110000; c++) if (c < 0xd800 || c > 0xdfff) scalars.push(c);
const chars = scalars.map(c => String.fromCodePoint(c));

function make(parts) {
    return Tokenizer.fromString(JSON.stringify({
        version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null, pre_tokenizer: null,
        post_processor: null, decoder: null, model: { type: 'WordLevel', vocab: { '<unk>': 0 }, unk_token: '<unk>' }, ...parts }));
}
const normalizer = n => { const t = make({ normalizer: n }).getNormalizer(); return s => t.normalizeString(s); };
const preTokenizer = p => { const t = make({ pre_tokenizer: p }).getPreTokenizer(); return s => t.preTokenizeString(s); };

function* batches(size = 8192) { for (let i = 0; i < chars.length; i += size) yield [i, Math.min(i + size, chars.length)]; }

/** For every scalar, the normaliser's output of it alone. Scalars stand between separators that no normaliser touches. */
function mapEach(normalize, separator = '=') {
    const result = new Array(0x110000);
    for (const [from, to] of batches()) {
        const parts = normalize(separator + chars.slice(from, to).join(separator) + separator).split(separator);
        if (parts.length === to - from + 2) {
            for (let i = from; i < to; i++) result[scalars[i]] = parts[i - from + 1];
        } else {
            for (let i = from; i < to; i++) {
                result[scalars[i]] = chars[i] === separator ? normalize(chars[i]) : normalize(separator + chars[i] + separator).slice(1, -1);
            }
        }
    }
    return result;
}

/** The scalars that a regular expression of Oniguruma matches. */
function matching(pattern) {
    const [a, b] = ['\u{10ffff}', '\u{10fffe}'].map(mark => normalizer({ type: 'Replace', pattern: { Regex: pattern }, content: mark }));
    const result = new Uint8Array(0x110000);
    for (const [from, to] of batches(65536)) {
        const text = chars.slice(from, to).join('');
        const outA = Array.from(a(text)), outB = Array.from(b(text));
        if (outA.length !== to - from) throw new Error(pattern);
        for (let i = from; i < to; i++) if (outA[i - from] !== chars[i] || outB[i - from] !== chars[i]) result[scalars[i]] = 1;
    }
    return result;
}

/** For every scalar between two letters: 0 inside a piece with them, 1 a piece by itself, 2 in no piece. */
function standing(pre) {
    const result = new Uint8Array(0x110000);
    for (const [from, to] of batches()) {
        const count = to - from, covered = new Uint8Array(2 * count + 1).fill(2);
        for (const [, [start, end]] of pre('a' + chars.slice(from, to).join('a') + 'a')) {
            for (let i = start; i < end; i++) covered[i] = end - start === 1 ? 1 : 0;
        }
        for (let i = 0; i < count; i++) result[scalars[from + i]] = covered[2 * i + 1];
    }
    return result;
}

// ---- properties ----
const categories = ['Cn', 'Lu', 'Ll', 'Lt', 'Lm', 'Lo', 'Mn', 'Mc', 'Me', 'Nd', 'Nl', 'No', 'Pc', 'Pd', 'Ps', 'Pe', 'Pi', 'Pf', 'Po',
    'Sm', 'Sc', 'Sk', 'So', 'Zs', 'Zl', 'Zp', 'Cc', 'Cf', 'Cs', 'Co'];
const category = new Uint8Array(0x110000);
for (let k = 1; k < categories.length; k++) {
    if (categories[k] === 'Cs') continue;
    const set = matching(`\\p{${categories[k]}}`);
    for (const c of scalars) if (set[c]) category[c] = k;
}
console.error('categories');
// Outside of a class, \\w asks another table than inside, which differs for superscripts and fractions of Latin 1.
const onigSpace = matching('\\s'), onigWord = matching('\\w'), onigWordInClass = matching('[\\w]'), onigDigit = matching('\\d');
const whitespace = standing(preTokenizer({ type: 'WhitespaceSplit' }));
const numeric = standing(preTokenizer({ type: 'Digits', individual_digits: true }));
const punctuation = standing(preTokenizer({ type: 'Punctuation', behavior: 'Isolated' }));
const rustWord = standing(preTokenizer({ type: 'Whitespace' }));
const stripAccents = mapEach(normalizer({ type: 'StripAccents' }));
const bert = (clean, strip) => normalizer({ type: 'BertNormalizer', clean_text: clean, handle_chinese_chars: false, strip_accents: strip, lowercase: false });
const clean = mapEach(bert(true, false)), stripNonSpacing = mapEach(bert(false, true));
const lower = mapEach(normalizer({ type: 'Lowercase' }));
const nfd = mapEach(normalizer({ type: 'NFD' })), nfkd = mapEach(normalizer({ type: 'NFKD' }));
const nfc = normalizer({ type: 'NFC' }), decompose = normalizer({ type: 'NFD' });
console.error('maps');

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const clusters = s => [...segmenter.segment(s)].length;
// A map whose only key is "a" replaces a whole cluster that begins with it: what follows "a" and vanishes extends it.

function singleKeyTrie() {
    // Darts: unit 0 is the root; its child for byte b lies at offset ^ b; a leaf flag, then a value unit.
    const units = new Uint32Array(512);
    const base = 256;                                   // the root's children
    units[0] = (base << 10) >>> 0;
    const node = base ^ 0x61;
    const valueBase = node ^ 1;                         // the value unit lies at node ^ offset ^ 0
    units[node] = (((1 << 10) | 0x61) | (1 << 8)) >>> 0;
    units[valueBase] = 0x80000000 >>> 0;                // value 0: the normalised text begins at 0
    const text = Buffer.from('!\0');
    const blob = Buffer.alloc(4 + units.length * 4 + text.length);
    blob.writeUInt32LE(units.length * 4, 0);
    units.forEach((u, i) => blob.writeUInt32LE(u, 4 + 4 * i));
    text.copy(blob, 4 + units.length * 4);
    return blob.toString('base64');
}
const mapped = normalizer({ type: 'Precompiled', precompiled_charsmap: singleKeyTrie() });
if (mapped('ab') !== '!b') throw new Error('the trie for clusters is wrong: ' + mapped('ab'));
const extend = new Uint8Array(0x110000);
for (const [from, to] of batches()) {
    const parts = mapped(chars.slice(from, to).map(c => 'a' + c).join('\n')).split('\n');
    if (parts.length !== to - from) {
        for (let i = from; i < to; i++) if (mapped('a' + chars[i]) === '!') extend[scalars[i]] = 1;
        continue;
    }
    for (let i = from; i < to; i++) if (parts[i - from] === '!') extend[scalars[i]] = 1;
}
extend[0x61] = 0;
console.error('clusters');

const bits = [
    ['OnigurumaSpace', c => onigSpace[c]], ['OnigurumaWord', c => onigWord[c]], ['OnigurumaWordInClass', c => onigWordInClass[c]], ['OnigurumaDigit', c => onigDigit[c]],
    ['WhiteSpace', c => whitespace[c] === 2], ['Numeric', c => numeric[c] === 1], ['Punctuation', c => punctuation[c] === 1],
    ['Word', c => rustWord[c] === 0], ['CombiningMark', c => stripAccents[c] === ''], ['NonSpacingMark', c => nfd[c] === String.fromCodePoint(c) && stripNonSpacing[c] === ''],
    ['Removed', c => clean[c] === ''],
    ['Extend', c => extend[c]], ['Prepend', c => !extend[c] && clusters(String.fromCodePoint(c) + 'a') === 1],
    ['ClusterControl', c => clusters(String.fromCodePoint(c) + '\u0301') === 2], ['Pictographic', c => /\p{ExtPict}/u.test(String.fromCodePoint(c))],
];
const flags = new Uint32Array(0x110000);
for (const c of scalars) {
    let value = category[c];
    bits.forEach(([, f], i) => { if (f(c)) value += 2 ** (5 + i); });
    flags[c] = value;
}
for (let c = 0xd800; c < 0xe000; c++) flags[c] = categories.indexOf('Cs');
console.error('flags');

// ---- scripts of the UnicodeScripts pre-tokenizer: 0 joins anything ----
const scripts = new Uint8Array(0x110000);
{
    const pre = preTokenizer({ type: 'UnicodeScripts' });
    const representatives = [];
    const splits = (a, b) => pre(a + b).length === 2;
    let previous = null, current = 0;
    for (let i = 0; i < chars.length; i++) {
        const c = chars[i];
        if (pre(c).length === 0) { scripts[scalars[i]] = 0; previous = null; continue; }
        if (previous !== null && !splits(previous, c)) { scripts[scalars[i]] = current; previous = c; continue; }
        current = representatives.findIndex(r => !splits(r, c)) + 1;
        if (current === 0) { representatives.push(c); current = representatives.length; }
        scripts[scalars[i]] = current; previous = c;
    }
    console.error('scripts', representatives.length);
}

// ---- scripts for \p{...} in patterns, by Oniguruma ----
const scriptNames = ['Arabic', 'Armenian', 'Bengali', 'Bopomofo', 'Common', 'Cyrillic', 'Devanagari', 'Georgian', 'Greek', 'Gujarati', 'Gurmukhi',
    'Han', 'Hangul', 'Hebrew', 'Hiragana', 'Inherited', 'Kannada', 'Katakana', 'Khmer', 'Lao', 'Latin', 'Malayalam', 'Mongolian', 'Myanmar', 'Oriya',
    'Sinhala', 'Tamil', 'Telugu', 'Thai', 'Tibetan'];
const patternScripts = new Uint8Array(0x110000);
scriptNames.forEach((name, k) => { const set = matching(`\\p{${name}}`); for (const c of scalars) if (set[c]) patternScripts[c] = k + 1; });
console.error('pattern scripts');

// ---- combining classes ----
const classes = new Uint8Array(0x110000);
{
    // A mark of class v stands after c if 0 < class(c) <= v; marks of classes 1..240 bracket c.
    const marks = [];
    const candidates = [];
    const reorders = (a, b) => decompose('a' + a + b) === 'a' + b + a;
    const low = '\u0334', high = '\u0345';               // classes 1 and 240
    for (const [from, to] of batches()) {
        const batch = [];
        for (let i = from; i < to; i++) if (nfd[scalars[i]] === chars[i]) batch.push(i);
        const before = batch.map(i => 'a' + high + chars[i]).join('='), after = batch.map(i => 'a' + chars[i] + low).join('=');
        const x = decompose(before).split('='), y = decompose(after).split('='), bx = before.split('='), by = after.split('=');
        if (x.length !== bx.length || y.length !== by.length) throw new Error('classes');
        let k = 0;
        for (const i of batch) { if (chars[i] === '=') { k += 2; continue; } if (x[k] !== bx[k] || y[k] !== by[k] || chars[i] === low || chars[i] === high) candidates.push(scalars[i]); k++; }
    }
    // Sorts the candidates into classes of equal order, then names them by known members.
    const known = [
        [0x334, 1], [0x335, 1], [0x16ff0, 6], [0x16ff1, 6], [0x93c, 7], [0x9bc, 7], [0x3099, 8], [0x309a, 8], [0x94d, 9], [0x9cd, 9],
        [0x5b0, 10], [0x5b1, 11], [0x5b2, 12], [0x5b3, 13], [0x5b4, 14], [0x5b5, 15], [0x5b6, 16], [0x5b7, 17], [0x5b8, 18],
        [0x5c7, 18], [0x5b9, 19], [0x5ba, 19], [0x5bb, 20], [0x5bc, 21], [0x5bd, 22], [0x5bf, 23], [0x5c1, 24], [0x5c2, 25],
        [0xfb1e, 26], [0x64b, 27], [0x8f0, 27], [0x64c, 28], [0x8f1, 28], [0x64d, 29], [0x8f2, 29], [0x618, 30], [0x64e, 30],
        [0x619, 31], [0x64f, 31], [0x61a, 32], [0x650, 32], [0x651, 33], [0x652, 34], [0x670, 35], [0x711, 36], [0xc55, 84],
        [0xc56, 91], [0xe38, 103], [0xe39, 103], [0xe48, 107], [0xe49, 107], [0xeb8, 118], [0xeb9, 118], [0xec8, 122], [0xec9, 122],
        [0xf71, 129], [0xf72, 130], [0xf7a, 130], [0xf74, 132], [0x321, 202], [0x322, 202], [0x1dce, 214], [0x31b, 216], [0xf39, 216],
        [0x1dfa, 218], [0x302a, 218], [0x316, 220], [0x317, 220], [0x59a, 222], [0x5ad, 222], [0x302e, 224], [0x302f, 224],
        [0x1d16d, 226], [0x5ae, 228], [0x18a9, 228], [0x300, 230], [0x301, 230], [0x315, 232], [0x31a, 232], [0x35c, 233],
        [0x35f, 233], [0x35d, 234], [0x35e, 234], [0x345, 240]];
    // A mark that the library's version does not know yet has no order with any other.
    const isCandidate = new Set(candidates);
    for (const c of candidates) {
        const s = String.fromCodePoint(c);
        const same = known.filter(([k]) => isCandidate.has(k)).find(([k]) => { const m = String.fromCodePoint(k); return k === c || (!reorders(m, s) && !reorders(s, m)); });
        if (!same) throw new Error('no class for ' + c.toString(16));
        classes[c] = same[1];
    }
    console.error('classes', candidates.length);
}

// ---- compositions: the last scalar of a canonical decomposition and what the others compose to ----
const compositions = [];
for (let i = 0; i < chars.length; i++) {
    const c = scalars[i];
    if (nfd[c] === chars[i] || (c >= 0xac00 && c <= 0xd7a3)) continue;
    const parts = Array.from(nfd[c]);
    if (parts.length < 2) continue;
    const last = parts.pop(), first = nfc(parts.join(''));
    if (Array.from(first).length === 1 && nfc(first + last) === chars[i]) compositions.push([first.codePointAt(0), last.codePointAt(0), c]);
}
console.error('compositions', compositions.length);

// ---- output ----
const varint = n => { const out = []; while (n > 127) { out.push(n & 127 | 128); n >>>= 7; } out.push(n); return out; };
function runs(values, index) {
    const out = [];
    for (let start = 0; start < 0x110000;) {
        let end = start + 1;
        while (end < 0x110000 && values[end] === values[start]) end++;
        out.push(...varint(end - start), ...varint(index(values[start])));
        start = end;
    }
    return out;
}
function mapping(map) {
    const out = [];
    let previous = 0;
    for (const c of scalars) {
        if (map[c] === String.fromCodePoint(c) || map[c] === undefined || (c >= 0xac00 && c <= 0xd7a3)) continue;
        const targets = Array.from(map[c]).map(x => x.codePointAt(0));
        out.push(...varint(c - previous), targets.length);
        for (const t of targets) { const d = t - c; out.push(...varint(d < 0 ? -2 * d - 1 : 2 * d)); }
        previous = c;
    }
    return out;
}
const compatibility = nfkd.slice();
for (const c of scalars) if (nfkd[c] === nfd[c]) compatibility[c] = String.fromCodePoint(c);
const records = [...new Set(flags)].sort((a, b) => a - b), recordIndex = new Map(records.map((r, i) => [r, i]));
if (records.length > 255) throw new Error('too many records');
const array = (name, comment, bytes) => {
    const lines = [];
    let line = '       ';
    for (const b of bytes) { const item = ' ' + b + ','; if (line.length + item.length > 138) { lines.push(line); line = '       '; } line += item; }
    lines.push(line);
    return `    /// <summary>${comment}</summary>\n    private static ReadOnlySpan<byte> ${name} =>\n    [\n${lines.join('\n')}\n    ];\n`;
};
let previousComposite = 0;
const compositionBytes = compositions.flatMap(([a, b, c]) => { const out = [...varint(c - previousComposite), ...varint(a), ...varint(b)]; previousComposite = c; return out; });
const text = `// <auto-generated>Written by generate-tables.mjs from results of the library.</auto-generated>
#nullable enable
using System;

namespace Specializer.Text.Unicode;

internal static partial class UnicodeTables
{
    /// <summary>Category and flags of each record, in <see cref="UnicodeFlags"/>' layout.</summary>
    private static ReadOnlySpan<int> Records =>
    [
${records.map(r => '        ' + r + ',').join('\n')}
    ];

${array('RecordRuns', 'Runs of code points of one record: length, record.', runs(flags, v => recordIndex.get(v)))}
${array('ScriptRuns', 'Runs of code points of one script of the UnicodeScripts pre-tokenizer: length, script; 0 joins any.', runs(scripts, v => v))}
${array('PatternScriptRuns', 'Runs of code points of one script as patterns name it: length, index in PatternScriptNames from 1; 0 is another.', runs(patternScripts, v => v))}
${array('ClassRuns', 'Runs of code points of one canonical combining class: length, class.', runs(classes, v => v))}
${array('Canonical', 'Full canonical decompositions: distance, count, zigzag differences.', mapping(nfd))}
${array('Compatibility', 'Full compatibility decompositions that differ from the canonical ones.', mapping(compatibility))}
${array('Lowercase', 'Lowercase mappings.', mapping(lower))}
${array('Compositions', 'Primary composites: distance, first, second.', compositionBytes)}
    internal static readonly string[] PatternScriptNames =
    [
        ${scriptNames.map(n => `"${n}"`).reduce((acc, n) => { const last = acc[acc.length - 1]; if (last.length + n.length > 110) acc.push(n + ','); else acc[acc.length - 1] = (last ? last + ' ' : '') + n + ','; return acc; }, ['']).join('\n        ')}
    ];
}

/// <summary>The contents of a record: the general category of Oniguruma in the low five bits, then one bit for each property that a component uses.</summary>
[Flags]
internal enum UnicodeFlags
{
    /// <summary>The bits of the general category, a <see cref="UnicodeCategoryCode"/>.</summary>
    CategoryMask = 31,
${bits.map(([name], i) => `    ${name} = 1 << ${5 + i},`).join('\n')}
}

/// <summary>General categories by their two letters.</summary>
internal enum UnicodeCategoryCode
{
${categories.map((name, i) => `    ${name} = ${i},`).join('\n')}
}
`;
writeFileSync(new URL('UnicodeTables.Data.cs', import.meta.url), text);
console.error('written', text.length);

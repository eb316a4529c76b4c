using System;
using System.Text;
using Specializer.Text.Constraints;
using Specializer.Text.Patterns;

namespace Specializer.Text.Decoders;

/// <summary>Replace: replaces every match of a pattern in a token by a text.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="literal">The literal text of the pattern, or null for a regular expression.</param>
/// <param name="content">The replacement.</param>
internal sealed class ReplaceDecoder(TextPattern pattern, string? literal, string content) : IDecoder
{
    private readonly byte[]? _literal = literal is null ? null : Encoding.UTF8.GetBytes(literal);
    private readonly byte[] _content = Encoding.UTF8.GetBytes(content);

    public DecoderStage CreateStage(DecoderStage next) =>
        _literal is { Length: > 0 } ? new LiteralStage(_literal, _content, next) : new PatternStage(pattern, _content, next);

    public bool TryAddByteSteps(TokenByteSteps steps)
    {
        if (_literal is not { Length: > 0 } || steps.IsFused)
        {
            return false;
        }

        steps.AddReplacement(_literal, _content);
        return true;
    }

    /// <summary>The stage of a literal, which holds back only possible prefixes of it.</summary>
    private sealed class LiteralStage(byte[] literal, byte[] content, DecoderStage next) : ForwardingStage(next)
    {
        private readonly ByteQueue _pending = new();

        public override void Write(ReadOnlySpan<byte> part)
        {
            _pending.Append(part);
            ReadOnlySpan<byte> rest = _pending.Bytes;
            int total = rest.Length;
            for (int index = rest.IndexOf(literal); index >= 0; index = rest.IndexOf(literal))
            {
                Next.Write(rest[..index]);
                Next.Write(content);
                rest = rest[(index + literal.Length)..];
            }

            int held = Math.Min(rest.Length, literal.Length - 1);
            while (held > 0 && !literal.AsSpan().StartsWith(rest[^held..]))
            {
                held--;
            }

            Next.Write(rest[..^held]);
            _pending.Remove(total - held);
        }

        public override void EndToken()
        {
            Next.Write(_pending.Bytes);
            _pending.Clear();
            base.EndToken();
        }

        public override void Reset()
        {
            _pending.Clear();
            base.Reset();
        }
    }

    private sealed class PatternStage(TextPattern pattern, byte[] content, DecoderStage next) : TokenStage(next)
    {
        protected override void WriteToken(ReadOnlySpan<byte> token)
        {
            // The library finds no match in an empty text.
            var matches = new MatchIterator(pattern, token);
            int copied = 0;
            while (!token.IsEmpty && matches.MoveNext())
            {
                Next.Write(token[copied..matches.Start]);
                Next.Write(content);
                copied = matches.End;
            }

            Pass(token[copied..]);
        }
    }
}

using System;
using System.Text;

namespace Specializer.Text.Decoders;

/// <summary>The end of a decoding stream: joins the parts to text.</summary>
internal sealed class TextSink : DecoderStage
{
    private char[] _text = new char[64];
    private int _count;

    /// <summary>The text since the last <see cref="Clear"/>.</summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, _count);

    public void Clear() => _count = 0;

    public override void Write(ReadOnlySpan<byte> part)
    {
        if (_count + part.Length > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(_count + part.Length, 2 * _text.Length));
        }

        _count += Encoding.UTF8.GetChars(part, _text.AsSpan(_count));
    }

    public override void EndToken() { }

    public override void Complete() { }

    public override void Reset() => Clear();
}

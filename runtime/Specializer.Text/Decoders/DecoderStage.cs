using System;

namespace Specializer.Text.Decoders;

/// <summary>
/// A stage of a decoding stream. A token arrives as whole UTF-8 characters in one or more writes, followed by its end.
/// </summary>
internal abstract class DecoderStage
{
    /// <summary>Writes a part of the current token: whole characters.</summary>
    public abstract void Write(ReadOnlySpan<byte> part);

    /// <summary>Ends the current token.</summary>
    public abstract void EndToken();

    /// <summary>Ends the stream and passes on the text that was held back.</summary>
    public abstract void Complete();

    /// <summary>Resets this stage and the stages after it.</summary>
    public abstract void Reset();
}

/// <summary>A stage that passes its results to another stage.</summary>
internal abstract class ForwardingStage(DecoderStage next) : DecoderStage
{
    protected DecoderStage Next { get; } = next;

    public override void EndToken() => Next.EndToken();

    public override void Complete() => Next.Complete();

    public override void Reset() => Next.Reset();
}

/// <summary>A stage that processes whole tokens.</summary>
internal abstract class TokenStage(DecoderStage next) : ForwardingStage(next)
{
    private readonly ByteQueue _token = new();

    public sealed override void Write(ReadOnlySpan<byte> part) => _token.Append(part);

    public sealed override void EndToken()
    {
        WriteToken(_token.Bytes);
        _token.Clear();
    }

    public override void Reset()
    {
        _token.Clear();
        base.Reset();
    }

    /// <summary>Processes a whole token and passes on the result, with its end if there is one.</summary>
    protected abstract void WriteToken(ReadOnlySpan<byte> token);

    /// <summary>Passes on a whole token.</summary>
    protected void Pass(ReadOnlySpan<byte> token)
    {
        Next.Write(token);
        Next.EndToken();
    }
}

/// <summary>A queue of bytes.</summary>
internal sealed class ByteQueue
{
    private byte[] _bytes = new byte[64];
    private int _count;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _count);

    public void Append(ReadOnlySpan<byte> part)
    {
        if (_count + part.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_count + part.Length, 2 * _bytes.Length));
        }

        part.CopyTo(_bytes.AsSpan(_count));
        _count += part.Length;
    }

    /// <summary>Removes bytes from the start.</summary>
    public void Remove(int count)
    {
        _bytes.AsSpan(count, _count - count).CopyTo(_bytes);
        _count -= count;
    }

    public void Clear() => _count = 0;
}

using System;

namespace Specializer.Text.Decoders;

/// <summary>A stage of a decoding stream. Tokens come as whole characters of UTF-8 in one or more writes, then their end.</summary>
internal abstract class DecoderStage
{
    /// <summary>Takes a part of the present token: whole characters.</summary>
    public abstract void Write(ReadOnlySpan<byte> part);

    /// <summary>Ends the present token.</summary>
    public abstract void EndToken();

    /// <summary>Ends the stream. What was held back is passed on.</summary>
    public abstract void Complete();

    /// <summary>Begins anew, with the stages after.</summary>
    public abstract void Reset();
}

/// <summary>A stage that passes on to another.</summary>
internal abstract class ForwardingStage(DecoderStage next) : DecoderStage
{
    protected DecoderStage Next { get; } = next;

    public override void EndToken() => Next.EndToken();

    public override void Complete() => Next.Complete();

    public override void Reset() => Next.Reset();
}

/// <summary>A stage that needs each token whole.</summary>
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

    /// <summary>Takes a whole token and passes on what it becomes, with its end if there is one.</summary>
    protected abstract void WriteToken(ReadOnlySpan<byte> token);

    /// <summary>Passes on a whole token.</summary>
    protected void Pass(ReadOnlySpan<byte> token)
    {
        Next.Write(token);
        Next.EndToken();
    }
}

/// <summary>Bytes that grow at the end and are taken from the start.</summary>
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

    /// <summary>Takes so many bytes off the start.</summary>
    public void Remove(int count)
    {
        _bytes.AsSpan(count, _count - count).CopyTo(_bytes);
        _count -= count;
    }

    public void Clear() => _count = 0;
}

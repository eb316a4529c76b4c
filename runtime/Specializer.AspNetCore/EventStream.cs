using System;
using System.Buffers;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Specializer.AspNetCore;

/// <summary>Server-sent events: JSON in lines of data, and comments that keep an idle connection open.</summary>
/// <remarks>WHATWG, HTML Living Standard, section 9.2 "Server-sent events".</remarks>
internal sealed class EventStream : IAsyncDisposable
{
    private readonly HttpContext _context;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Timer _heartbeat;
    private readonly TimeSpan _interval;

    public EventStream(HttpContext context, TimeSpan interval)
    {
        _context = context;
        _interval = interval;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache,no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        _heartbeat = new Timer(static stream => _ = ((EventStream)stream!).BeatAsync(), this, interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Writes an event with JSON.</summary>
    public async Task WriteAsync(Action<Utf8JsonWriter> write)
    {
        await _turn.WaitAsync(_context.RequestAborted).ConfigureAwait(false);
        try
        {
            _buffer.Clear();
            _buffer.Write("data: "u8);
            using (var writer = new Utf8JsonWriter(_buffer))
            {
                write(writer);
            }

            _buffer.Write("\n\n"u8);
            await FlushAsync(_buffer.WrittenMemory).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes the event after which the client stops reading.</summary>
    public async Task WriteDoneAsync()
    {
        await _turn.WaitAsync(_context.RequestAborted).ConfigureAwait(false);
        try
        {
            await FlushAsync("data: [DONE]\n\n"u8.ToArray()).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _heartbeat.DisposeAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    private async Task FlushAsync(ReadOnlyMemory<byte> bytes)
    {
        await _context.Response.BodyWriter.WriteAsync(bytes, _context.RequestAborted).ConfigureAwait(false);
        _context.RequestAborted.ThrowIfCancellationRequested();
        Restart();
    }

    private void Restart()
    {
        try
        {
            _heartbeat.Change(_interval, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The stream has ended.
        }
    }

    private async Task BeatAsync()
    {
        try
        {
            if (await _turn.WaitAsync(0, _context.RequestAborted).ConfigureAwait(false))
            {
                try
                {
                    await FlushAsync(": \n\n"u8.ToArray()).ConfigureAwait(false);
                }
                finally
                {
                    _turn.Release();
                }
            }
            else
            {
                Restart();
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The client has left, or the stream has ended.
        }
    }
}

using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Specializer.Serving;
using Specializer.Text;

namespace Specializer.AspNetCore;

/// <summary>The answers to one prompt, which are generated at the same time.</summary>
internal static class Choices
{
    /// <summary>Submits a request for each choice; all or none.</summary>
    public static GenerationStream[] Submit(
        GenerationFields fields,
        int[] prompt,
        string tenant,
        string operation,
        CancellationToken cancellationToken
    )
    {
        int context = fields.Engine.Model.ContextLength;
        if (prompt.Length > context)
        {
            throw ApiException.Invalid(
                FormattableString.Invariant(
                    $"The prompt has {prompt.Length} tokens; the model has positions for {context}, the answer included."
                ),
                "messages",
                "context_length_exceeded"
            );
        }

        var streams = new GenerationStream[fields.Choices];
        try
        {
            for (int i = 0; i < streams.Length; i++)
            {
                streams[i] = fields.Engine.Submit(
                    new GenerationRequest
                    {
                        Prompt = prompt,
                        Options = fields.OptionsOf(i),
                        Tenant = tenant,
                        Operation = operation,
                    },
                    cancellationToken
                );
            }

            return streams;
        }
        catch
        {
            Array.ForEach(streams, static stream => stream?.Dispose());
            throw;
        }
    }

    /// <summary>Calls a function with each update, one at a time.</summary>
    /// <remarks>
    /// After an error, the client gets it as an event without a final [DONE], and the connection is closed. A regular end of the
    /// stream would look like a complete answer.
    /// </remarks>
    public static async Task EachUpdateAsync(
        HttpContext context,
        EventStream events,
        GenerationStream[] streams,
        Func<int, TextUpdate, Task> take
    )
    {
        try
        {
            using var turn = new SemaphoreSlim(1, 1);
            var readers = new Task[streams.Length];
            for (int i = 0; i < streams.Length; i++)
            {
                readers[i] = ReadAsync(i, turn);
            }

            await Task.WhenAll(readers).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The status is sent already: every error becomes an event.
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
#pragma warning restore CA1031
        {
            ApiException error = Responses.ErrorOf(exception);
            await events.WriteAsync(writer => Responses.WriteError(writer, error)).ConfigureAwait(false);
            throw new StreamBrokenException(exception);
        }

        async Task ReadAsync(int choice, SemaphoreSlim turn)
        {
            await foreach (TextUpdate update in streams[choice].WithCancellation(context.RequestAborted).ConfigureAwait(false))
            {
                await turn.WaitAsync(context.RequestAborted).ConfigureAwait(false);
                try
                {
                    await take(choice, update).ConfigureAwait(false);
                }
                finally
                {
                    turn.Release();
                }
            }
        }
    }
}

/// <summary>A stream ended with an error that the client has received.</summary>
internal sealed class StreamBrokenException(Exception inner) : Exception("The stream ended with an error.", inner);

using System;
using System.Globalization;
using System.Text.Json;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Specializer.Serving;
using Specializer.Text;

namespace Specializer.AspNetCore;

/// <summary>Writes responses and errors.</summary>
internal static class Responses
{
    public static async Task WriteJsonAsync(HttpContext context, Action<Utf8JsonWriter> write, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        using (var writer = new Utf8JsonWriter(context.Response.BodyWriter))
        {
            write(writer);
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    public static Task WriteErrorAsync(HttpContext context, ApiException error)
    {
        if (error.RetryAfter is { } after)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return WriteJsonAsync(context, writer => WriteError(writer, error), error.Status);
    }

    public static void WriteError(Utf8JsonWriter writer, ApiException error)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error");
        writer.WriteString("message", error.Message);
        writer.WriteString("type", error.Type);
        writer.WriteString("param", error.Parameter);
        writer.WriteString("code", error.Code);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Returns the error for a client. The text of an unexpected error stays in the server.</summary>
    public static ApiException ErrorOf(Exception exception) =>
        exception switch
        {
            ApiException error => error,
            EngineRejectedException { Reason: RejectionReason.Draining } rejected => new ApiException(
                503,
                "server_error",
                rejected.Message,
                null,
                "unavailable"
            )
            {
                RetryAfter = rejected.RetryAfter,
            },
            EngineRejectedException rejected => new ApiException(429, "rate_limit_error", rejected.Message, null, "rate_limit_exceeded")
            {
                RetryAfter = rejected.RetryAfter,
            },
            ConstraintException constraint => ApiException.Invalid(constraint.Message, "response_format", "invalid_schema"),
            TokenizerException => ApiException.Invalid("The text cannot be encoded by the model's tokenizer."),
            _ => new ApiException(500, "server_error", "The server failed.", null, "internal_error"),
        };
}

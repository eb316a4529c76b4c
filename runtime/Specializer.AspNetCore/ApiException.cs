using System;

namespace Specializer.AspNetCore;

/// <summary>An error in OpenAI's form.</summary>
/// <param name="status">The status code.</param>
/// <param name="type">The type, such as invalid_request_error.</param>
/// <param name="message">The message, which contains no text of a prompt.</param>
/// <param name="parameter">The field, or null.</param>
/// <param name="code">The code, or null.</param>
internal sealed class ApiException(int status, string type, string message, string? parameter = null, string? code = null)
    : Exception(message)
{
    public int Status => status;

    public string Type => type;

    public string? Parameter => parameter;

    public string? Code => code;

    public TimeSpan? RetryAfter { get; init; }

    public static ApiException Invalid(string message, string? parameter = null, string? code = null) =>
        new(400, "invalid_request_error", message, parameter, code);

    public static ApiException Unsupported(string parameter, string reason) =>
        Invalid($"'{parameter}' is not supported: {reason}", parameter, "unsupported_parameter");
}

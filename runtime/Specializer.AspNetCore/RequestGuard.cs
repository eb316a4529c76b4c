using System;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Specializer.AspNetCore;

/// <summary>Decides before the body is read whether a request is served, and for which tenant.</summary>
internal sealed class RequestGuard(IOptions<OpenAIOptions> options)
{
    private const string Local = "local";

    private readonly OpenAIOptions _options = options.Value;

    /// <summary>Checks the headers.</summary>
    /// <param name="context">The request.</param>
    /// <param name="needsKey">Whether the route needs a key where there are keys.</param>
    /// <returns>The tenant.</returns>
    public string Check(HttpContext context, bool needsKey)
    {
        HttpRequest request = context.Request;

        // A page of another site that resolves its name to this machine sends its own host (DNS rebinding).
        if (!_options.AllowedHosts.Contains(request.Host.Host))
        {
            throw new ApiException(403, "invalid_request_error", "The header Host is not allowed.", null, "host_not_allowed");
        }

        if (request.Headers.Origin is { Count: > 0 } origins)
        {
            foreach (string? origin in origins)
            {
                if (origin is null || !_options.AllowedOrigins.Contains(origin))
                {
                    throw new ApiException(403, "invalid_request_error", "The header Origin is not allowed.", null, "origin_not_allowed");
                }
            }
        }

        string tenant = Local;
        if (needsKey)
        {
            tenant = Tenant(context);
        }

        if (HttpMethods.IsPost(request.Method))
        {
            CheckBody(context);
        }

        return tenant;
    }

    private string Tenant(HttpContext context)
    {
        if (_options.Keys.Count == 0)
        {
            IPAddress? remote = context.Connection.RemoteIpAddress;
            return _options.AllowAnonymousBeyondLoopback || remote is null || IPAddress.IsLoopback(remote)
                ? Local
                : throw new ApiException(403, "invalid_request_error", "The server has no keys and serves its own machine only.");
        }

        const string Scheme = "Bearer ";
        string header = context.Request.Headers.Authorization.ToString();
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(
            Encoding.UTF8.GetBytes(header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..] : ""),
            hash
        );
        string? tenant = null;
        foreach (ApiKey key in _options.Keys)
        {
            // All keys are compared, each in constant time.
            tenant = CryptographicOperations.FixedTimeEquals(hash, key.Sha256.Span) ? key.Tenant : tenant;
        }

        return tenant ?? throw new ApiException(401, "invalid_request_error", "The key is missing or not valid.", null, "invalid_api_key");
    }

    private void CheckBody(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new ApiException(415, "invalid_request_error", "The content type is not application/json.");
        }

        if (context.Request.ContentLength > _options.BodyBytes)
        {
            throw new ApiException(413, "invalid_request_error", $"The body has more than {_options.BodyBytes} bytes.");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = _options.BodyBytes;
        }
    }
}

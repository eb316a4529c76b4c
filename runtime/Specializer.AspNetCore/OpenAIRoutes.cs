using System;
using System.Text.Json;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Specializer.AspNetCore;

/// <summary>Maps OpenAI's routes.</summary>
public static partial class OpenAIRoutes
{
    private delegate Task Handler(HttpContext context, ModelRegistry models, OpenAIOptions options, string tenant);

    /// <summary>
    /// Maps /v1/models, /v1/chat/completions, /v1/completions, /v1/embeddings, /tokenize, /detokenize and /health. Every other path
    /// is an error in OpenAI's form.
    /// </summary>
    /// <param name="routes">The application. Call <see cref="SpecializerServices.AddSpecializer"/> on its services first.</param>
    /// <exception cref="InvalidOperationException"><see cref="SpecializerServices.AddSpecializer"/> was not called.</exception>
    public static void MapOpenAI(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        _ = routes.ServiceProvider.GetRequiredService<RequestGuard>();
        Map(routes, "GET", "/health/live", needsKey: false, static (context, _, _, _) => WriteStatusAsync(context, true));
        foreach (string path in new[] { "/health", "/health/ready" })
        {
            Map(routes, "GET", path, needsKey: false, static (context, models, _, _) => WriteStatusAsync(context, models.IsReady));
        }

        Map(routes, "GET", "/v1/models", needsKey: true, static (context, models, _, _) => WriteModelsAsync(context, models));
        Map(routes, "GET", "/v1/models/{*id}", needsKey: true, static (context, models, _, _) => WriteModelAsync(context, models));
        Map(routes, "POST", "/v1/chat/completions", needsKey: true, ChatRoute.HandleAsync);
        Map(routes, "POST", "/v1/completions", needsKey: true, CompletionRoute.HandleAsync);
        Map(
            routes,
            "POST",
            "/v1/embeddings",
            needsKey: true,
            static (context, models, options, _) => EmbeddingRoute.HandleAsync(context, models, options)
        );
        Map(routes, "POST", "/tokenize", needsKey: true, static (context, models, _, _) => TokenRoutes.TokenizeAsync(context, models));
        Map(routes, "POST", "/detokenize", needsKey: true, static (context, models, _, _) => TokenRoutes.DetokenizeAsync(context, models));
        routes.MapFallback(
            "{*path}",
            (RequestDelegate)(
                static context =>
                    Responses.WriteErrorAsync(
                        context,
                        new ApiException(404, "invalid_request_error", "The route does not exist.", null, "unknown_url")
                    )
            )
        );
    }

    private static void Map(IEndpointRouteBuilder routes, string method, string path, bool needsKey, Handler handler) =>
        routes.MapMethods(
            path,
            [method],
            (RequestDelegate)(
                async context =>
                {
                    IServiceProvider services = context.RequestServices;
                    context.Response.Headers["x-request-id"] = Answer.NewId("req_");
                    try
                    {
                        string tenant = services.GetRequiredService<RequestGuard>().Check(context, needsKey);
                        await handler(
                                context,
                                services.GetRequiredService<ModelRegistry>(),
                                services.GetRequiredService<IOptions<OpenAIOptions>>().Value,
                                tenant
                            )
                            .ConfigureAwait(false);
                    }
                    catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
                    {
                        // The client has left.
                    }
#pragma warning disable CA1031 // Every error becomes a response in OpenAI's form.
                    catch (Exception exception)
#pragma warning restore CA1031
                    {
                        await FailAsync(context, exception).ConfigureAwait(false);
                    }
                }
            )
        );

    private static async Task FailAsync(HttpContext context, Exception exception)
    {
        ApiException error = Responses.ErrorOf(exception is StreamBrokenException broken ? broken.InnerException! : exception);
        if (error.Status == 500)
        {
            // The type only: a message can contain a part of a prompt.
            ILogger log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Specializer.AspNetCore");
            LogFailure(log, context.Response.Headers["x-request-id"].ToString(), exception.GetType().FullName);
        }

        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        await Responses.WriteErrorAsync(context, error).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {Request} failed with {Type}.")]
    private static partial void LogFailure(ILogger logger, string request, string? type);

    private static Task WriteStatusAsync(HttpContext context, bool isReady) =>
        isReady
            ? Responses.WriteJsonAsync(
                context,
                static writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("status", "ok");
                    writer.WriteEndObject();
                }
            )
            : Responses.WriteErrorAsync(
                context,
                new ApiException(503, "unavailable_error", "The server is not ready.", null, "unavailable")
            );

    private static Task WriteModelsAsync(HttpContext context, ModelRegistry models) =>
        Responses.WriteJsonAsync(
            context,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("object", "list");
                writer.WriteStartArray("data");
                foreach (string name in models.Names)
                {
                    WriteModel(writer, name, models);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }
        );

    private static Task WriteModelAsync(HttpContext context, ModelRegistry models)
    {
        string name = (string?)context.Request.RouteValues["id"] ?? "";
        return models.Contains(name)
            ? Responses.WriteJsonAsync(context, writer => WriteModel(writer, name, models))
            : throw new ApiException(404, "invalid_request_error", "The model does not exist.", "model", "model_not_found");
    }

    private static void WriteModel(Utf8JsonWriter writer, string name, ModelRegistry models)
    {
        writer.WriteStartObject();
        writer.WriteString("id", name);
        writer.WriteString("object", "model");
        writer.WriteNumber("created", models.Created.ToUnixTimeSeconds());
        writer.WriteString("owned_by", "specializer");
        writer.WriteEndObject();
    }
}

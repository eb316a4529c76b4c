using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Emission;

/// <summary>
/// Writes the capabilities of a model: the interfaces of its class and of its session, and the members that implement them. A
/// class has no member that its architecture does not support.
/// </summary>
/// <param name="kind">The kind of model.</param>
/// <param name="name">The class of the model.</param>
/// <param name="canTruncate">Whether the last positions of a sequence can be removed, which linear attention does not support.</param>
internal sealed class CapabilityEmitter(ModelKind kind, string name, bool canTruncate)
{
    private const string Runtime = "global::Specializer.";

    /// <summary>The runtime's namespace of what only generated code uses.</summary>
    public const string Services = Runtime + "CompilerServices.";

    private bool IsDecoder => kind is ModelKind.Decoder || HasPrefix;

    private bool HasPrefix => kind is ModelKind.PrefixDecoder or ModelKind.EmbeddedPrefixDecoder;

    private bool IsEncoder => kind is ModelKind.Encoder or ModelKind.ImageEncoder;

    /// <summary>The type of what is encoded; empty for models that encode nothing.</summary>
    private string Input =>
        kind switch
        {
            ModelKind.Encoder or ModelKind.EncoderDecoder => Runtime + "TokenInput",
            ModelKind.ImageEncoder => Runtime + "ImageInput",
            ModelKind.Speech => Runtime + "LogMelInput",
            _ => "",
        };

    /// <summary>The interface of the model.</summary>
    public string ModelInterface =>
        IsDecoder ? Runtime + "IDecoderModel"
        : IsEncoder ? $"{Runtime}IEncoderModel<{Input}>"
        : $"{Runtime}ISequenceToSequenceModel<{Input}>";

    /// <summary>The interface for code that loads a model whose class is a type argument.</summary>
    public string LoadInterface => $"{Runtime}IModel<{name}>";

    /// <summary>The base class of the session.</summary>
    public string SessionBase =>
        Services
        + (
            IsDecoder ? "DecoderEngine"
            : IsEncoder ? "SessionEngine"
            : "SequenceToSequenceEngine"
        );

    /// <summary>The interfaces of the session.</summary>
    public IEnumerable<string> SessionInterfaces
    {
        get
        {
            if (!IsDecoder)
            {
                yield return $"{Runtime}{(IsEncoder ? "IEncoderSession" : "ISequenceToSequenceSession")}<{Input}>";
            }

            if (HasPrefix)
            {
                yield return $"{Runtime}IPrefixSession<{Runtime}TokenInput>";
            }

            if (kind == ModelKind.EmbeddedPrefixDecoder)
            {
                yield return $"{Runtime}IPrefixSession<{Runtime}EmbeddingInput>";
            }

            if (!IsEncoder && canTruncate)
            {
                yield return Runtime + "ITruncatableSession";
            }

            if (IsDecoder)
            {
                yield return Runtime + "ICopyableSession";
            }
        }
    }

    /// <summary>Writes the members of the model that create sessions and batches.</summary>
    /// <param name="writer">Receives the members.</param>
    /// <param name="explicitly">Whether the interface of the model is implemented too.</param>
    public void EmitModelMembers(SourceWriter writer, bool explicitly = true)
    {
        if (IsDecoder)
        {
            writer.Separate();
            writer.Line(
                $$"""
                /// <inheritdoc cref="{{Runtime}}IDecoderModel.CreateSession"/>
                public Session CreateSession() => new Session(this);

                /// <inheritdoc/>
                public {{Runtime}}DecoderBatch CreateBatch(int capacity) => new {{Runtime}}DecoderBatch(this, capacity);
                """
            );
            if (explicitly)
            {
                writer.Separate();
                writer.Line($"{Runtime}IDecoderSession {Runtime}IDecoderModel.CreateSession() => CreateSession();");
            }

            return;
        }

        string documented = IsEncoder ? "IEncoderModel{TInput}.CreateSession" : "ISequenceToSequenceModel{TInput}.CreateSession(int)",
            session = IsEncoder ? "IEncoderSession" : "ISequenceToSequenceSession",
            parameter = IsEncoder ? "" : "int sequences",
            argument = IsEncoder ? "" : "sequences";
        writer.Separate();
        writer.Line(
            $$"""
            /// <inheritdoc cref="{{Runtime}}{{documented}}"/>
            public Session CreateSession({{parameter}}{{(IsEncoder ? "" : " = 1")}}) => new Session(this{{(
                IsEncoder ? "" : ", sequences"
            )}});
            """
        );
        if (explicitly)
        {
            writer.Separate();
            writer.Line($"{Runtime}{session}<{Input}> {ModelInterface}.CreateSession({parameter}) => CreateSession({argument});");
        }
    }

    /// <summary>Writes the members of the session beside those that all sessions with its base class have.</summary>
    /// <param name="writer">Receives the members.</param>
    /// <param name="givenRows">The offset of the rows of embeddings that a prefix begins with, and the floats of each; null for a class without memory.</param>
    public void EmitSessionMembers(SourceWriter writer, string? givenRows)
    {
        if (kind == ModelKind.EmbeddedPrefixDecoder)
        {
            writer.Separate();
            writer.Line(
                $$"""
                /// <inheritdoc/>
                public global::System.ReadOnlySpan<float> PrefillPrefix({{Runtime}}EmbeddingInput prefix, {{Cancellation}})
                {
                    return ProcessPrefix({{(
                    givenRows is null ? $"new {Runtime}TokenInput(prefix.Tokens)" : "prefix, " + givenRows
                )}}, cancellationToken);
                }
                """
            );
        }

        if (HasPrefix)
        {
            EmitForwarding(
                writer,
                "IPrefixSession{TInput}.PrefillPrefix(TInput, global::System.Threading.CancellationToken)",
                $$"""
                public global::System.ReadOnlySpan<float> PrefillPrefix({{Tokens}} prefix, {{Cancellation}})
                {
                    return ProcessPrefix(prefix, cancellationToken);
                }
                """,
                $$"""
                public global::System.ReadOnlySpan<float> PrefillPrefix({{Runtime}}TokenInput prefix, {{Cancellation}})
                {
                    return ProcessPrefix(prefix, cancellationToken);
                }
                """
            );
        }

        if (IsEncoder)
        {
            string plain = kind == ModelKind.Encoder ? Tokens + " tokens" : Floats + " pixels",
                made = kind == ModelKind.Encoder ? "tokens" : "pixels",
                method = kind == ModelKind.Encoder ? "EncodeTokens" : "EncodeImages";
            string results = $"global::System.Span<float> output, global::System.Span<float> hiddenStates = default, {Cancellation}";
            EmitForwarding(
                writer,
                "IEncoderSession{TInput}.Encode(TInput, global::System.Span{float}, global::System.Span{float}, global::System.Threading.CancellationToken)",
                $$"""
                public void Encode({{plain}}, {{results}})
                {
                    {{method}}(new {{Input}}({{made}}), output, hiddenStates, cancellationToken);
                }
                """,
                $$"""
                public void Encode({{Input}} input, {{results}})
                {
                    {{method}}(input, output, hiddenStates, cancellationToken);
                }
                """
            );
        }
        else if (!IsDecoder)
        {
            EmitForwarding(
                writer,
                "ISequenceToSequenceSession{TInput}.Encode(TInput, global::System.Threading.CancellationToken)",
                $$"""
                public void Encode({{(kind == ModelKind.Speech ? Floats : Tokens)}} source, {{Cancellation}})
                {
                    EncodeSource({{(kind == ModelKind.Speech ? $"new {Input}(source)" : "source")}}, cancellationToken);
                }
                """,
                $$"""
                public void Encode({{Input}} source, {{Cancellation}})
                {
                    EncodeSource(source, cancellationToken);
                }
                """
            );
        }

        if (!IsEncoder && canTruncate)
        {
            writer.Separate();
            writer.Line(
                """
                /// <inheritdoc/>
                public void Truncate(int position) => TruncateTo(position);
                """
            );
        }

        if (IsDecoder)
        {
            writer.Separate();
            writer.Line(
                $$"""
                /// <inheritdoc/>
                public void CopyTo({{Runtime}}IDecoderSession destination, int positions) => CopyCacheTo(destination, positions);

                /// <inheritdoc/>
                public void Trim() => TrimCache();
                """
            );
        }
    }

    private const string Tokens = "global::System.ReadOnlySpan<int>",
        Floats = "global::System.ReadOnlySpan<float>",
        Cancellation = "global::System.Threading.CancellationToken cancellationToken = default";

    /// <summary>Writes a member of an interface and the same for a plain span.</summary>
    private static void EmitForwarding(SourceWriter writer, string member, string ofSpan, string ofInput)
    {
        writer.Separate();
        writer.Line($"/// <inheritdoc cref=\"{Runtime}{member}\"/>");
        writer.Line(ofSpan);
        writer.Separate();
        writer.Line("/// <inheritdoc/>");
        writer.Line(ofInput);
    }
}

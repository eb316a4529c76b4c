using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Families;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>An additional file of the project that may be a model's config.json.</summary>
/// <param name="Path">Its path, with slashes.</param>
/// <param name="Text">Its text.</param>
internal sealed record ConfigurationFile(string Path, string Text)
{
    /// <summary>The files whose paths end as the attribute says.</summary>
    public static IReadOnlyList<ConfigurationFile> Matching(IEnumerable<ConfigurationFile> files, string path) =>
        [.. files.Where(file => file.Path == path || file.Path.EndsWith("/" + path, StringComparison.Ordinal))];

    /// <summary>As many folders of the end of this file's path as another path has.</summary>
    public string End(string other)
    {
        string[] segments = Path.Split('/');
        int wanted = Math.Min(other.Split('/').Length, segments.Length);
        return string.Join("/", segments.Skip(segments.Length - wanted));
    }

    /// <summary>A path as it is compared: with slashes and no leading "./" or "../", since only the ends of paths are compared.</summary>
    public static string Normalize(string path)
    {
        path = path.Replace('\\', '/');
        while (path.StartsWith("./", StringComparison.Ordinal) || path.StartsWith("../", StringComparison.Ordinal))
        {
            path = path.Substring(path.IndexOf('/') + 1);
        }

        return path;
    }

    /// <summary>The architecture that the file declares, with what the attribute overrides.</summary>
    /// <exception cref="ConfigurationException">Something is missing, contradictory or not supported.</exception>
    public TransformerArchitecture Parse(ConfigurationReference reference)
    {
        TransformerArchitecture architecture = OverriddenArchitecture.Apply(FamilyParser.Parse(ModelConfiguration.Read(Text)), reference.Overrides);
        int contextLength = reference.ContextLength == 0 ? architecture.ContextLength : reference.ContextLength;
        if (architecture.Embeddings.Positions is LearnedPositions learned && contextLength > learned.Rows - learned.Offset)
        {
            throw new ConfigurationException(
                FormattableString.Invariant($"the model has learned {learned.Rows - learned.Offset} positions, fewer than the ContextLength of {contextLength}"), 0, 1);
        }

        if (architecture.Embeddings.Patches is not null && contextLength != architecture.ContextLength)
        {
            throw new ConfigurationException(
                FormattableString.Invariant($"an image has {architecture.ContextLength} positions, which no ContextLength changes: leave it out"), 0, 1);
        }

        if (reference.Pooling is { } pooling)
        {
            if (architecture.Stack != Stack.Encoder)
            {
                throw new ConfigurationException("it declares a decoder, but [Pooling] is for encoders: remove it", 0, 1);
            }

            architecture = WithPooling(architecture, pooling);
        }

        architecture = architecture with
        {
            ContextLength = contextLength,
            ChunkLength = reference.ChunkLength,
            LayerKinds = new EquatableArray<LayerKind>(architecture.LayerKinds.Select(kind => kind.Positions is RotaryPositions { Scaling: LongScaling scaling } rotary
                ? kind with { Positions = rotary with { Scaling = scaling.For(contextLength) } }
                : kind)),
        };
        CheckAddressable(architecture);
        return architecture.Encoder is null ? WithoutSource(architecture, reference) : WithSource(architecture, architecture.Encoder, reference);
    }

    private static TransformerArchitecture WithoutSource(TransformerArchitecture architecture, ConfigurationReference reference) => reference.SourceLength == 0
        ? architecture
        : throw new ConfigurationException("SourceLength is given, but the model is no encoder-decoder and has no source", 0, 1);

    private static TransformerArchitecture WithSource(TransformerArchitecture architecture, TransformerArchitecture encoder, ConfigurationReference reference)
    {
        int sourceLength = reference.SourceLength == 0 ? encoder.ContextLength : reference.SourceLength;
        if (encoder.Embeddings.Positions is LearnedPositions learned && sourceLength > learned.Rows - learned.Offset)
        {
            throw new ConfigurationException(
                FormattableString.Invariant($"the encoder has learned {learned.Rows - learned.Offset} positions, fewer than the SourceLength of {sourceLength}"), 0, 1);
        }

        encoder = encoder with { ContextLength = sourceLength, ChunkLength = reference.ChunkLength };
        CheckAddressable(encoder);
        return architecture with { Encoder = encoder };
    }

    /// <summary>An encoder with a pooling in the place of its head, whose tensors the checkpoint may still hold.</summary>
    private static TransformerArchitecture WithPooling(TransformerArchitecture architecture, PoolingDeclaration pooling)
    {
        CheckpointNames names = architecture.Checkpoint.Names;
        IEnumerable<string> unread = new[] { names.HeadDense, names.HeadNorm, names.Logits }
            .Where(static name => name.Length > 0)
            .SelectMany(static name => new[] { name + ".weight", name + ".bias" })
            .Concat(new[] { names.LogitsBias }.Where(static name => name.Length > 0));
        return architecture with
        {
            Head = pooling.Head,
            Checkpoint = architecture.Checkpoint with { Ignored = new EquatableArray<string>(architecture.Checkpoint.Ignored.Concat(unread).Distinct()) },
        };
    }

    /// <summary>What is in range by itself can still be too large together.</summary>
    private static void CheckAddressable(TransformerArchitecture architecture)
    {
        AttentionArchitecture attention = architecture.Attention;
        long heads = attention.Heads + (2L * attention.KeyValueHeads);
        (string What, long Elements, long Most)[] extents =
        [
            ("a head", attention.HeadDimension, 4096),
            ("a row of queries, keys and values", heads * attention.HeadDimension, int.MaxValue / 16),
            ("the query, key and value matrix", heads * attention.HeadDimension * architecture.Width, int.MaxValue),
            ("the feed-forward matrix", 2L * architecture.FeedForward.Width * architecture.Width, int.MaxValue),
            ("the matrix of the logits", (long)architecture.Embeddings.VocabularySize * architecture.Width, int.MaxValue),
            ("one head's cache", (long)architecture.ContextLength * (attention.HeadDimension + 16), int.MaxValue),
        ];
        foreach ((string what, long elements, long most) in extents)
        {
            if (elements > most)
            {
                throw new ConfigurationException(FormattableString.Invariant($"{what} would have {elements} elements, more than the {most} that can be addressed"), 0, 1);
            }
        }
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Families;
using Specializer.Generator.Parsing.SentenceTransformers;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>What reading a config.json gave.</summary>
/// <param name="Architecture">The architecture; if anything is wrong only its outline, and null if not even the family is known.</param>
/// <param name="Problems">Everything that is wrong, in the order of the file.</param>
internal sealed record ConfigurationReading(TransformerArchitecture? Architecture, IReadOnlyList<ConfigurationProblem> Problems)
{
    /// <summary>The values that the family took, and whether the file gives them.</summary>
    public IReadOnlyList<FieldReading> Fields { get; init; } = [];

    /// <summary>What is to be said of the files beside it.</summary>
    public IReadOnlyList<FileProblem> ProblemsBeside { get; init; } = [];

    /// <summary>Whether a model may be generated.</summary>
    /// <param name="acceptsUnread">Whether fields that change the computation may stand unread.</param>
    public bool IsUsable(bool acceptsUnread) =>
        Architecture is not null
        && !Problems
            .Concat(ProblemsBeside.Select(static beside => beside.Problem))
            .Any(problem =>
                problem.Kind switch
                {
                    ConfigurationProblemKind.Unused => false,
                    ConfigurationProblemKind.UnreadComputation => !acceptsUnread,
                    _ => true,
                }
            );
}

/// <summary>An additional file of the project that may be a model's config.json.</summary>
/// <param name="Path">Its path, with slashes.</param>
/// <param name="Text">Its text.</param>
internal sealed record ConfigurationFile(string Path, string Text)
{
    /// <summary>The files whose paths end as the attribute says. One file counts once, and a copy of it in the output of a build not at all.</summary>
    public static IReadOnlyList<ConfigurationFile> Matching(IEnumerable<ConfigurationFile> files, string path)
    {
        ConfigurationFile[] matching =
        [
            .. files
                .Where(file =>
                    (file.Path == path || file.Path.EndsWith("/" + path, StringComparison.Ordinal)) && !SentenceFolder.IsModule(file)
                )
                .GroupBy(static file => file.Path, StringComparer.Ordinal)
                .Select(static group => group.First()),
        ];
        string[] starts = [.. matching.Select(file => file.Path.Substring(0, file.Path.Length - path.Length))];
        return [.. matching.Where((_, index) => !starts.Any(start => IsInBuildOutput(starts[index], start)))];
    }

    /// <summary>Whether a folder lies below another one's bin or obj, where a build copies a project's files to.</summary>
    private static bool IsInBuildOutput(string folder, string project) =>
        folder.StartsWith(project + "bin/", StringComparison.OrdinalIgnoreCase)
        || folder.StartsWith(project + "obj/", StringComparison.OrdinalIgnoreCase);

    /// <summary>As many folders of the end of this file's path as another path has.</summary>
    public string End(string other)
    {
        string[] segments = Path.Split('/');
        int wanted = Math.Min(other.Split('/').Length, segments.Length);
        return string.Join("/", segments.Skip(segments.Length - wanted));
    }

    /// <summary>A path as it is compared: with single slashes and no leading "./" or "../", since only the ends of paths are compared.</summary>
    public static string Normalize(string path)
    {
        path = path.Replace('\\', '/');
        while (path.IndexOf("//", StringComparison.Ordinal) is >= 0 and int twice)
        {
            path = path.Remove(twice, 1);
        }

        while (path.StartsWith("./", StringComparison.Ordinal) || path.StartsWith("../", StringComparison.Ordinal))
        {
            path = path.Substring(path.IndexOf('/') + 1);
        }

        return path;
    }

    /// <summary>
    /// The architecture that the file and those of sentence-transformers beside it declare, with what the attribute overrides, or
    /// everything that is wrong with them.
    /// </summary>
    /// <param name="reference">What the attribute says.</param>
    /// <param name="files">The project's additional files.</param>
    public ConfigurationReading Parse(ConfigurationReference reference, IEnumerable<ConfigurationFile>? files = null)
    {
        // A pooling of the attribute takes the place of what the folder says.
        SentenceFolder? folder = reference.Pooling is null && files is not null ? SentenceFolder.Of(this, files) : null;
        try
        {
            ModelConfiguration configuration = ModelConfiguration.Read(Text);
            TransformerArchitecture? architecture = FamilyParser.Parse(configuration);
            architecture = architecture is null ? null : Complete(architecture, reference, folder, configuration.Problems);
            return new ConfigurationReading(architecture, configuration.Problems.InOrder)
            {
                Fields = configuration.Readings,
                ProblemsBeside = folder?.Problems ?? [],
            };
        }
        catch (ConfigurationException problem)
        {
            return new ConfigurationReading(null, [new ConfigurationProblem(problem.Message, problem.Start, problem.Length)]);
        }
    }

    private static TransformerArchitecture Complete(
        TransformerArchitecture architecture,
        ConfigurationReference reference,
        SentenceFolder? folder,
        ConfigurationProblems problems
    )
    {
        // What stands in the place of a wrong value is not compared with anything.
        bool isRight = !problems.Any;
        architecture = OverriddenArchitecture.Apply(architecture, reference.Overrides, problems);
        int contextLength = reference.ContextLength == 0 ? architecture.ContextLength : reference.ContextLength;
        if (contextLength > ArchitectureParser.LargestExtent)
        {
            problems.Add(
                FormattableString.Invariant(
                    $"the file says {contextLength} positions or more, but a model has at most {ArchitectureParser.LargestExtent}: give a ContextLength"
                )
            );
            contextLength = 1;
            isRight = false;
        }

        foreach (
            DynamicScaling dynamic in architecture
                .LayerKinds.Select(static kind => (kind.Positions as RotaryPositions)?.Scaling)
                .OfType<DynamicScaling>()
                .Take(1)
        )
        {
            if (contextLength > dynamic.OriginalContextLength)
            {
                problems.Add(
                    FormattableString.Invariant(
                        $"dynamic rotary scaling rotates all keys anew at every position beyond {dynamic.OriginalContextLength}: give a ContextLength of at most {dynamic.OriginalContextLength}"
                    )
                );
            }
        }

        if (isRight && architecture.Embeddings.Positions is LearnedPositions learned && contextLength > learned.Rows - learned.Offset)
        {
            problems.Add(
                FormattableString.Invariant(
                    $"the model has learned {learned.Rows - learned.Offset} positions, fewer than the ContextLength of {contextLength}"
                )
            );
        }

        if (isRight && architecture.Embeddings.Patches is not null && contextLength != architecture.ContextLength)
        {
            problems.Add(
                FormattableString.Invariant(
                    $"an image has {architecture.ContextLength} positions, which no ContextLength changes: leave it out"
                )
            );
        }

        if (reference.Pooling is { } pooling)
        {
            architecture = WithHead(architecture, pooling.Head, "[Pooling]", problems);
        }
        else if (isRight && folder is not null)
        {
            HeadArchitecture? head = folder.Read(architecture.Width);
            architecture = folder.IsWrong ? architecture : WithHead(architecture, head, "The folder's modules.json", problems);
        }

        if (reference.SourceLength != 0 && architecture.Encoder is null)
        {
            problems.Add("SourceLength is given, but the model is no encoder-decoder and has no source");
        }

        architecture = architecture with
        {
            ContextLength = contextLength,
            ChunkLength = reference.ChunkLength,
            LayerKinds = new EquatableArray<LayerKind>(
                architecture.LayerKinds.Select(kind =>
                    kind.Positions is RotaryPositions { Scaling: LongScaling scaling } rotary
                        ? kind with
                        {
                            Positions = rotary with { Scaling = scaling.For(contextLength) },
                        }
                        : kind
                )
            ),
            Encoder = architecture.Encoder is null ? null : WithSource(architecture.Encoder, reference, isRight, problems),
        };
        if (isRight)
        {
            CheckAddressable(architecture, problems);
            CheckLengths(architecture, problems);
        }

        return architecture;
    }

    /// <summary>A session follows one length past which rotary factors change.</summary>
    private static void CheckLengths(TransformerArchitecture architecture, ConfigurationProblems problems)
    {
        int[] lengths = [.. architecture.OriginalContextLengths.OrderBy(static length => length)];
        if (lengths.Length > 1)
        {
            problems.Add(
                FormattableString.Invariant(
                    $"the longrope factors of its kinds of layers change past different lengths, {string.Join(" and ", lengths)}: give a ContextLength of at most {lengths[0]}, for which the short factors hold"
                )
            );
        }
    }

    private static TransformerArchitecture WithSource(
        TransformerArchitecture encoder,
        ConfigurationReference reference,
        bool isRight,
        ConfigurationProblems problems
    )
    {
        int sourceLength = reference.SourceLength == 0 ? encoder.ContextLength : reference.SourceLength;
        if (isRight && encoder.Embeddings.Positions is LearnedPositions learned && sourceLength > learned.Rows - learned.Offset)
        {
            problems.Add(
                FormattableString.Invariant(
                    $"the encoder has learned {learned.Rows - learned.Offset} positions, fewer than the SourceLength of {sourceLength}"
                )
            );
        }

        encoder = encoder with { ContextLength = sourceLength, ChunkLength = reference.ChunkLength };
        if (isRight)
        {
            CheckAddressable(encoder, problems);
        }

        return encoder;
    }

    /// <summary>An encoder with another head, or a decoder's body with one; the checkpoint may still hold the tensors of its own.</summary>
    private static TransformerArchitecture WithHead(
        TransformerArchitecture architecture,
        HeadArchitecture? head,
        string source,
        ConfigurationProblems problems
    )
    {
        if (architecture.Stack != Stack.Encoder)
        {
            if (DecoderBody.Obstacle(architecture, bidirectional: false) is { } obstacle)
            {
                problems.Add($"{source} cannot stand beside it: {obstacle}");
                return architecture;
            }

            return DecoderBody.AsEncoder(architecture, head);
        }

        CheckpointNames names = architecture.Checkpoint.Names;
        IEnumerable<string> unread = new[] { names.HeadDense, names.HeadNorm, names.Logits }
            .Where(static name => name.Length > 0)
            .SelectMany(static name => new[] { name + ".weight", name + ".bias" })
            .Concat(new[] { names.LogitsBias }.Where(static name => name.Length > 0));
        return architecture with
        {
            Head = head,
            Checkpoint = architecture.Checkpoint with
            {
                Ignored = new EquatableArray<string>(architecture.Checkpoint.Ignored.Concat(unread).Distinct()),
            },
        };
    }

    /// <summary>What is in range by itself can still be too large together.</summary>
    private static void CheckAddressable(TransformerArchitecture architecture, ConfigurationProblems problems)
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
                problems.Add(
                    FormattableString.Invariant($"{what} would have {elements} elements, more than the {most} that can be addressed")
                );
            }
        }
    }
}

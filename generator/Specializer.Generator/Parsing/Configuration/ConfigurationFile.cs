using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Families;
using Specializer.Generator.Parsing.SentenceTransformers;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>The result of reading a config.json.</summary>
/// <param name="Architecture">
/// The architecture. It is only a skeleton if there are errors, and null if not even the family is known.
/// </param>
/// <param name="Problems">The problems, in the order of the file.</param>
internal sealed record ConfigurationReading(TransformerArchitecture? Architecture, IReadOnlyList<ConfigurationProblem> Problems)
{
    /// <summary>The values that the family read, and whether the file contains them.</summary>
    public IReadOnlyList<FieldReading> Fields { get; init; } = [];

    /// <summary>The problems of the files beside the config.json.</summary>
    public IReadOnlyList<FileProblem> ProblemsBeside { get; init; } = [];

    /// <summary>Returns whether a model can be generated.</summary>
    /// <param name="acceptsUnread">Whether unread fields that change the computation are accepted.</param>
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
    /// <summary>
    /// Returns the files whose paths end like the path of the attribute. A file counts once; a copy in a build's output does not
    /// count.
    /// </summary>
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

    /// <summary>
    /// Returns whether a folder is below the bin or obj folder of another one, to which a build copies files of a project.
    /// </summary>
    private static bool IsInBuildOutput(string folder, string project) =>
        folder.StartsWith(project + "bin/", StringComparison.OrdinalIgnoreCase)
        || folder.StartsWith(project + "obj/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns as many folders from the end of this file's path as another path has.</summary>
    public string End(string other)
    {
        string[] segments = Path.Split('/');
        int wanted = Math.Min(other.Split('/').Length, segments.Length);
        return string.Join("/", segments.Skip(segments.Length - wanted));
    }

    /// <summary>
    /// Normalizes a path for comparison: single slashes and no leading "./" or "../", because only the ends of paths are
    /// compared.
    /// </summary>
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
    /// Reads the architecture from the file and the sentence-transformers files beside it, with the values that the attribute
    /// overrides, or all problems.
    /// </summary>
    /// <param name="reference">The values of the attribute.</param>
    /// <param name="files">The additional files of the project.</param>
    public ConfigurationReading Parse(ConfigurationReference reference, IEnumerable<ConfigurationFile>? files = null)
    {
        // A [Pooling] attribute replaces the modules of the folder.
        SentenceFolder? folder = reference.Pooling is null && files is not null ? SentenceFolder.Of(this, files) : null;
        try
        {
            ModelConfiguration configuration = ModelConfiguration.Read(Text);
            configuration.GivesStates = reference.Pooling is not null || folder is not null;
            configuration.WantedSection = reference.Section;
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
        // A placeholder for an invalid value is not compared with other values.
        bool isRight = !problems.Any;
        architecture = OverriddenArchitecture.Apply(architecture, reference.Overrides, problems);
        int contextLength = reference.ContextLength == 0 ? architecture.ContextLength : reference.ContextLength;
        if (contextLength > CheckedArguments.LargestExtent)
        {
            problems.Add(
                FormattableString.Invariant(
                    $"the file has {contextLength} positions or more, but a model supports at most {CheckedArguments.LargestExtent}: set ContextLength"
                )
            );
            contextLength = 1;
            isRight = false;
        }

        foreach (
            DynamicScaling dynamic in architecture
                .LayerKinds.Select(static kind => ((kind.Mixer as AttentionArchitecture)?.Positions as RotaryPositions)?.Scaling)
                .OfType<DynamicScaling>()
                .Take(1)
        )
        {
            if (contextLength > dynamic.OriginalContextLength)
            {
                problems.Add(
                    FormattableString.Invariant(
                        $"dynamic rotary scaling rotates all keys again at every position beyond {dynamic.OriginalContextLength}: set ContextLength to at most {dynamic.OriginalContextLength}"
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
                    $"an image has {architecture.ContextLength} positions, which ContextLength cannot change: remove ContextLength"
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
            problems.Add("SourceLength applies to encoder-decoders only: remove it");
        }

        architecture = architecture.WithAttention(attention =>
            attention.Positions is RotaryPositions { Scaling: LongScaling scaling } rotary
                ? attention with
                {
                    Positions = rotary with { Scaling = scaling.For(contextLength) },
                }
                : attention
        ) with
        {
            ContextLength = contextLength,
            ChunkLength = reference.ChunkLength,
            Encoder = architecture.Encoder is null ? null : WithSource(architecture.Encoder, reference, isRight, problems),
        };
        if (isRight)
        {
            CheckAddressable(architecture, problems);
            CheckLengths(architecture, problems);
        }

        return architecture;
    }

    /// <summary>Checks the lengths at which rotary factors change; a session supports only one.</summary>
    private static void CheckLengths(TransformerArchitecture architecture, ConfigurationProblems problems)
    {
        int[] lengths = [.. architecture.OriginalContextLengths.OrderBy(static length => length)];
        if (lengths.Length > 1)
        {
            problems.Add(
                FormattableString.Invariant(
                    $"the longrope factors of its layer kinds change at different lengths, {string.Join(" and ", lengths)}: set ContextLength to at most {lengths[0]}, so that only the short factors apply"
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

    /// <summary>
    /// Returns an encoder with another head, or a decoder body with a head. The checkpoint may still contain the tensors of the
    /// original head.
    /// </summary>
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
                problems.Add($"{source} cannot be combined with it: {obstacle}");
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

    /// <summary>Checks products of dimensions, which can be too large even if each dimension is in range.</summary>
    private static void CheckAddressable(TransformerArchitecture architecture, ConfigurationProblems problems)
    {
        AttentionArchitecture attention = architecture.Attention;
        long heads = attention.Heads + (2L * attention.KeyValueHeads);
        (string What, long Elements, long Most)[] extents =
        [
            ("a head", attention.HeadDim, 4096),
            ("a row of queries, keys and values", heads * attention.HeadDim, int.MaxValue / 16),
            ("the query, key and value matrix", heads * attention.HeadDim * architecture.Width, int.MaxValue),
            ("the feed-forward matrix", 2L * architecture.FeedForward.Width * architecture.Width, int.MaxValue),
            ("the matrix of the logits", (long)architecture.Embeddings.VocabularySize * architecture.Width, int.MaxValue),
            ("one head's cache", (long)architecture.ContextLength * (attention.HeadDim + 16), int.MaxValue),
        ];
        foreach ((string what, long elements, long most) in extents)
        {
            if (elements > most)
            {
                problems.Add(FormattableString.Invariant($"{what} would have {elements} elements, which exceeds the limit of {most}"));
            }
        }
    }
}

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Specializer.Generator.Diagnostics;

/// <summary>The diagnostics that a declaration can have. Each one has a page in docs/diagnostics and a test.</summary>
internal static class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor NotPartial = Create(
        "SPZ0001",
        "A transformer class must be partial",
        "'{0}' is not partial, so the generator cannot add members to it: add the modifier 'partial'"
    );

    public static readonly DiagnosticDescriptor UnsuitableClass = Create(
        "SPZ0002",
        "A transformer class must be an ordinary class",
        "'{0}' cannot be a transformer class because it is {1}: declare the transformer on {2}"
    );

    public static readonly DiagnosticDescriptor MissingPart = Create(
        "SPZ0003",
        "A required attribute is missing",
        "'{0}' has no [{1}] attribute: add it to declare {2}"
    );

    public static readonly DiagnosticDescriptor ValueOutOfRange = Create(
        "SPZ0004",
        "A value is out of range",
        "{0} is {1}, but must be {2}"
    );

    public static readonly DiagnosticDescriptor HeadsDoNotDivideWidth = Create(
        "SPZ0005",
        "DModel is not divisible by the number of heads",
        "DModel = {1} is not divisible by {0} heads: use a number of heads that divides it ({2}), or set HeadDim"
    );

    public static readonly DiagnosticDescriptor KeyValueHeadsDoNotDivideHeads = Create(
        "SPZ0006",
        "The number of heads is not divisible by the number of key/value heads",
        "{1} heads are not divisible by {0} key/value heads: set KeyValueHeads to one of {2}"
    );

    public static readonly DiagnosticDescriptor OddRotaryWidth = Create(
        "SPZ0007",
        "The rotary dimension is odd",
        "{0} = {1} is odd, but rotary positions rotate pairs: use an even number"
    );

    public static readonly DiagnosticDescriptor RotaryWiderThanHead = Create(
        "SPZ0008",
        "The rotary dimension exceeds the head dimension",
        "RotaryDim = {0} exceeds the head dimension of {1}: use at most {1}"
    );

    public static readonly DiagnosticDescriptor UnsafeBlocksNotAllowed = Create(
        "SPZ0009",
        "Unsafe blocks are not allowed",
        "The code generated for '{0}' uses pointers: set <AllowUnsafeBlocks>true</AllowUnsafeBlocks> in the project file"
    );

    public static readonly DiagnosticDescriptor LanguageTooOld = Create(
        "SPZ0010",
        "The C# version is too old",
        "The code generated for '{0}' requires C# 13 or later, but the project uses C# {1}: raise <LangVersion> or remove it"
    );

    public static readonly DiagnosticDescriptor TooLarge = Create(
        "SPZ0011",
        "The model is too large to address",
        "{0} would have {1} elements, which exceeds the limit of {2}: reduce {3}"
    );

    public static readonly DiagnosticDescriptor ConfigurationNotFound = Create(
        "SPZ0012",
        "The config.json is not found",
        "Exactly one additional file must have a path that ends in '{0}', but {1}: {2}"
    );

    public static readonly DiagnosticDescriptor ConfigurationInvalid = Create("SPZ0013", "The config.json is not supported", "{0}: {1}");

    public static readonly DiagnosticDescriptor PartBesideConfiguration = Create(
        "SPZ0014",
        "An attribute repeats a value of the config.json",
        "{0} is already declared by '{1}': remove it, because the weights determine its value"
    );

    public static readonly DiagnosticDescriptor PartsExcludeEachOther = Create(
        "SPZ0015",
        "Two declared values are mutually exclusive",
        "{0} and {1} are mutually exclusive: {2}"
    );

    public static readonly DiagnosticDescriptor UnsuitableTensorName = Create("SPZ0016", "A tensor name is invalid", "{0} = \"{1}\" {2}");

    public static readonly DiagnosticDescriptor OneFileForTwo = Create(
        "SPZ0017",
        "Model names differ only by case",
        "'{0}' and '{1}' differ only by case, but file names may be case-insensitive: rename one of them"
    );

    public static readonly DiagnosticDescriptor WindowBeyondContext = Create(
        "SPZ0018",
        "The window is larger than the context",
        "A window of {0} positions is larger than the context of {1} and has no effect: raise ContextLength or reduce the window",
        DiagnosticSeverity.Warning
    );

    public static readonly DiagnosticDescriptor MemberIsGenerated = Create(
        "SPZ0019",
        "A member has the name of a generated member",
        "'{0}' is the name of a member that the generator adds to '{1}': choose another name"
    );

    public static readonly DiagnosticDescriptor UnreadComputation = Create(
        "SPZ0020",
        "An unknown config.json field changes the computation",
        "{0}: {1}"
    );

    public static readonly DiagnosticDescriptor UnusedField = Create(
        "SPZ0021",
        "A config.json field is not used",
        "{0}: {1}",
        DiagnosticSeverity.Info
    );

    public static readonly DiagnosticDescriptor Unoptimized = Create(
        "SPZ0022",
        "The kernels are compiled without optimization",
        "The kernels of '{0}' are compiled without optimization and run at about a twentieth of their speed: use -c Release, or set <Optimize>true</Optimize>",
        DiagnosticSeverity.Info
    );

    public static ImmutableArray<DiagnosticDescriptor> All { get; } =
    [
        NotPartial,
        UnsuitableClass,
        MissingPart,
        ValueOutOfRange,
        HeadsDoNotDivideWidth,
        KeyValueHeadsDoNotDivideHeads,
        OddRotaryWidth,
        RotaryWiderThanHead,
        UnsafeBlocksNotAllowed,
        LanguageTooOld,
        TooLarge,
        ConfigurationNotFound,
        ConfigurationInvalid,
        PartBesideConfiguration,
        PartsExcludeEachOther,
        UnsuitableTensorName,
        OneFileForTwo,
        WindowBeyondContext,
        MemberIsGenerated,
        UnreadComputation,
        UnusedField,
        Unoptimized,
    ];

    private static DiagnosticDescriptor Create(
        string id,
        string title,
        string message,
        DiagnosticSeverity severity = DiagnosticSeverity.Error
    ) =>
        new(
            id,
            title,
            message,
            "Specializer",
            severity,
            isEnabledByDefault: true,
            helpLinkUri: "https://github.com/specializer-net/specializer/blob/main/docs/diagnostics/" + id + ".md"
        );
}

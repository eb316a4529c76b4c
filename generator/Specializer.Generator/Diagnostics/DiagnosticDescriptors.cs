using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Specializer.Generator.Diagnostics;

/// <summary>Every diagnostic of the declaration. Each has a page in docs/diagnostics and a test.</summary>
internal static class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor NotPartial = Create(
        "SPZ0001",
        "The class of a transformer must be partial",
        "'{0}' must be declared partial, so that the generator can complete it: add 'partial'"
    );

    public static readonly DiagnosticDescriptor UnsuitableClass = Create(
        "SPZ0002",
        "The class of a transformer must be an ordinary class",
        "'{0}' cannot be completed because it is {1}: declare the transformer on {2}"
    );

    public static readonly DiagnosticDescriptor MissingPart = Create(
        "SPZ0003",
        "A part of the transformer is not declared",
        "'{0}' has no [{1}]: add it to declare {2}"
    );

    public static readonly DiagnosticDescriptor ValueOutOfRange = Create(
        "SPZ0004",
        "A value is out of range",
        "{0} is {1}, but must be {2}"
    );

    public static readonly DiagnosticDescriptor HeadsDoNotDivideWidth = Create(
        "SPZ0005",
        "The heads do not divide d_model",
        "{0} heads do not divide DModel = {1} evenly: give a number of heads that divides it ({2}), or the width of a head as HeadDim"
    );

    public static readonly DiagnosticDescriptor KeyValueHeadsDoNotDivideHeads = Create(
        "SPZ0006",
        "The key/value heads do not divide the heads",
        "{0} key/value heads do not divide {1} heads evenly: each key/value head serves equally many query heads, so give one of {2}"
    );

    public static readonly DiagnosticDescriptor OddRotaryWidth = Create(
        "SPZ0007",
        "The rotary width is odd",
        "Rotary positions turn pairs, but {0} = {1} is odd: give an even number"
    );

    public static readonly DiagnosticDescriptor RotaryWiderThanHead = Create(
        "SPZ0008",
        "The rotary width exceeds the head",
        "RotaryDim = {0} is more than a head's width of {1}: give at most {1}"
    );

    public static readonly DiagnosticDescriptor UnsafeBlocksNotAllowed = Create(
        "SPZ0009",
        "Unsafe blocks are not allowed",
        "The code generated for '{0}' works on native memory: set <AllowUnsafeBlocks>true</AllowUnsafeBlocks> in the project file"
    );

    public static readonly DiagnosticDescriptor LanguageTooOld = Create(
        "SPZ0010",
        "The C# version is too old",
        "The code generated for '{0}' needs C# 12 or newer, but the project is compiled as C# {1}: raise <LangVersion> or remove it"
    );

    public static readonly DiagnosticDescriptor TooLarge = Create(
        "SPZ0011",
        "The model is too large to be addressed",
        "{0} would have {1} elements, more than the {2} that can be addressed: make {3} smaller"
    );

    public static readonly DiagnosticDescriptor ConfigurationNotFound = Create(
        "SPZ0012",
        "The config.json is not found",
        "One additional file of the project must end in '{0}', but {1}: {2}"
    );

    public static readonly DiagnosticDescriptor ConfigurationInvalid = Create(
        "SPZ0013",
        "The config.json declares no model that can be generated",
        "{0}: {1}"
    );

    public static readonly DiagnosticDescriptor PartBesideConfiguration = Create(
        "SPZ0014",
        "A part is declared beside a config.json",
        "{0} is declared here and by '{1}': remove it; what the weights fix is the file's alone"
    );

    public static readonly DiagnosticDescriptor PartsExcludeEachOther = Create(
        "SPZ0015",
        "Two declared values exclude each other",
        "{0} and {1} exclude each other: {2}"
    );

    public static readonly DiagnosticDescriptor UnsuitableTensorName = Create(
        "SPZ0016",
        "A tensor name is unsuitable",
        "{0} = \"{1}\" {2}"
    );

    public static readonly DiagnosticDescriptor OneFileForTwo = Create(
        "SPZ0017",
        "Two models would write one file",
        "'{0}' and '{1}' differ only in upper and lower case, which names of files do not tell apart: rename one of them"
    );

    public static readonly DiagnosticDescriptor WindowBeyondContext = Create(
        "SPZ0018",
        "The window is larger than the context",
        "A window of {0} positions never slides in a context of {1}: raise ContextLength, or make the window smaller",
        DiagnosticSeverity.Warning
    );

    public static readonly DiagnosticDescriptor MemberIsGenerated = Create(
        "SPZ0019",
        "A member has the name of a generated one",
        "'{0}' is the name of a member that the generator gives to '{1}': choose another name"
    );

    public static readonly DiagnosticDescriptor UnreadComputation = Create(
        "SPZ0020",
        "A field of the config.json that changes the computation is not read",
        "{0}: {1}"
    );

    public static readonly DiagnosticDescriptor UnusedField = Create(
        "SPZ0021",
        "A field of the config.json is not used",
        "{0}: {1}",
        DiagnosticSeverity.Info
    );

    public static readonly DiagnosticDescriptor Unoptimized = Create(
        "SPZ0022",
        "The kernels are compiled without optimisation",
        "The kernels of '{0}' are compiled without optimisation in this configuration and run at about a twentieth of their speed: build with -c Release, or set <Optimize>true</Optimize> in the project file",
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

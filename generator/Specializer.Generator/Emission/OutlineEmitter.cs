using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Emission;

/// <summary>
/// Writes the members of a class whose declaration has errors: its base class, constants and methods are there, so that
/// code that uses them compiles and only the errors of the declaration are reported; running any of them throws.
/// </summary>
internal static class OutlineEmitter
{
    /// <summary>What stands for a value that is not known: constant expressions may divide by it, and arrays may be as long.</summary>
    private const long Unknown = 1;

    public static SourceFile Emit(ModelOutline outline) =>
        new(outline.Class.FullName + ".Model.g.cs", ModelEmitter.File(outline.Class, [], writer => EmitClass(writer, outline)));

    private static void EmitClass(SourceWriter writer, ModelOutline outline)
    {
        string name = outline.Class.Name;
        bool hasSource = outline.Kind is ModelKind.EncoderDecoder or ModelKind.Speech;
        writer.Line(
            "/// <summary>Only an outline: the declaration has errors. Its members are those that the class will have; running them throws.</summary>"
        );
        writer.Line(ModelEmitter.GeneratedCodeAttribute);
        using (writer.Braces($"partial class {name} : global::Specializer.{outline.Kind}Model"))
        {
            foreach ((string type, string constant, string summary) in ModelConstants.Of(outline.Kind, "an encoder"))
            {
                if (!outline.Taken.Contains(constant))
                {
                    KnownConstant? known = outline.Constants.FirstOrDefault(known => known.Name == constant);
                    ModelConstants.Emit(
                        writer,
                        type,
                        constant,
                        known is null ? summary + " Not known, since the declaration has errors." : summary,
                        known?.Value ?? Unknown
                    );
                }
            }

            writer.Separate();
            string facts = outline.Kind switch
            {
                ModelKind.Encoder => "null!, ",
                ModelKind.ImageEncoder => "null!, 0, ",
                _ => hasSource ? "null!, " : "",
            };
            using (
                writer.Braces(
                    $"private {name}(global::Specializer.AlignedBuffer weights, global::Specializer.InstructionSet instructionSet, global::Specializer.ModelOptions? options)\n    : base(null!, {facts}weights, instructionSet, options)"
                )
            ) { }

            foreach (
                (string method, string parameter) in new[]
                {
                    ("Load", "string path"),
                    ("Load", "global::Specializer.WeightsSource source"),
                    ("LoadPacked", "string path"),
                }
            )
            {
                if (!outline.Taken.Contains(method))
                {
                    EmitMethod(
                        writer,
                        "<summary>Throws: the declaration has errors.</summary>",
                        $"public static {name} {method}({parameter}, global::Specializer.ModelOptions? options = null)",
                        name
                    );
                }
            }

            if (!outline.Taken.Contains("CreateSession"))
            {
                EmitMethod(
                    writer,
                    "<inheritdoc/>",
                    $"public override global::Specializer.{outline.Kind}Session CreateSession({(hasSource ? "int sequences" : "")})",
                    name
                );
            }
        }
    }

    private static void EmitMethod(SourceWriter writer, string documentation, string header, string name)
    {
        writer.Separate();
        writer.Line("/// " + documentation);
        using (writer.Braces(header))
        {
            writer.Line(
                $"throw new global::System.NotSupportedException(\"The declaration of '{name}' has errors, so that nothing was generated for it. Mend what the build reports and build again.\");"
            );
        }
    }
}

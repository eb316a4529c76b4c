using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Emission;

/// <summary>
/// Writes the members of a class whose declaration has errors. Code that uses its bases, constants, methods and session compiles,
/// so that only the errors of the declaration are reported. All members throw.
/// </summary>
internal static class OutlineEmitter
{
    /// <summary>The value of a constant that is not known: constant expressions may divide by it, and arrays may be as long.</summary>
    private const long Unknown = 1;

    private const string Summary = "/// <summary>Throws: the declaration has errors.</summary>";

    /// <summary>The members of <c>IModel</c>.</summary>
    private static readonly string[] s_loading = ["Tensors", "Load", "LoadPacked", "SavePacked"];

    public static SourceFile Emit(ModelOutline outline) =>
        new(outline.Class.FullName + ".Model.g.cs", ModelEmitter.File(outline.Class, [], writer => EmitClass(writer, outline)));

    private static void EmitClass(SourceWriter writer, ModelOutline outline)
    {
        string name = outline.Class.Name;
        var capabilities = new CapabilityEmitter(outline.Kind, name, canTruncate: true);
        writer.Line("/// <summary>A skeleton, because the declaration has errors. It has the members of the class; they throw.</summary>");
        writer.Line(ModelEmitter.GeneratedCodeAttribute);
        string[] bases = [.. Bases(outline, capabilities)];
        using (writer.Braces($"partial class {name} : {string.Join(", ", bases)}"))
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
            writer.Line(
                $$"""
                private {{name}}(global::Specializer.CompilerServices.ModelWeights weights)
                    : base(weights)
                {
                }
                """
            );
            EmitLoading(writer, outline);
            if (!outline.Taken.Contains("Session") && !outline.Taken.Contains("CreateSession"))
            {
                capabilities.EmitModelMembers(writer, explicitly: bases.Contains(capabilities.ModelInterface));
                EmitSession(writer, outline, capabilities);
            }
        }
    }

    /// <summary>
    /// The bases of the class, but for interfaces that the user's own members or the project's C# keep it from implementing.
    /// </summary>
    private static IEnumerable<string> Bases(ModelOutline outline, CapabilityEmitter capabilities)
    {
        yield return "global::Specializer.TransformerModel";
        if (outline.Class.IsLanguageTooOld)
        {
            yield break;
        }

        if (!s_loading.Any(outline.Taken.Contains))
        {
            yield return capabilities.LoadInterface;
        }

        if (!outline.Taken.Contains("Session") && !outline.Taken.Contains("CreateSession") && !outline.Taken.Contains("CreateBatch"))
        {
            yield return capabilities.ModelInterface;
        }
    }

    private static void EmitLoading(SourceWriter writer, ModelOutline outline)
    {
        string name = outline.Class.Name;
        foreach (
            (string member, string header) in new[]
            {
                ("Tensors", "static global::Specializer.TensorTable Tensors"),
                ("Load", $"static {name} Load(string path, global::Specializer.ModelOptions? options = null)"),
                ("Load", $"static {name} Load(global::Specializer.WeightsSource source, global::Specializer.ModelOptions? options = null)"),
                ("LoadPacked", $"static {name} LoadPacked(string path, global::Specializer.ModelOptions? options = null)"),
                ("SavePacked", "void SavePacked(string path)"),
            }
        )
        {
            if (!outline.Taken.Contains(member))
            {
                writer.Separate();
                writer.Line(
                    $$"""
                    {{Summary}}
                    public {{header}} => throw new global::System.NotSupportedException("The declaration of '{{name}}' has errors, so its members are not generated. Fix the reported errors and rebuild.");
                    """
                );
            }
        }
    }

    private static void EmitSession(SourceWriter writer, ModelOutline outline, CapabilityEmitter capabilities)
    {
        bool isTooOld = outline.Class.IsLanguageTooOld;
        IEnumerable<string> bases = (isTooOld ? [] : capabilities.SessionInterfaces).Prepend(capabilities.SessionBase);
        (string parameter, string arguments) = outline.Kind switch
        {
            ModelKind.Encoder or ModelKind.ImageEncoder => ("", "0"),
            ModelKind.EncoderDecoder or ModelKind.Speech => (", int sequences", "sequences, 0, 0, 0, 0, 0"),
            _ => ("", "0, 0, 0"),
        };
        writer.Separate();
        writer.Line("/// <summary>A skeleton, because the declaration has errors.</summary>");
        using (writer.Braces($"public sealed class Session : {string.Join(", ", bases)}"))
        {
            writer.Line(
                $$"""
                internal Session({{outline.Class.Name}} model{{parameter}})
                    : base(model, {{arguments}})
                {
                }

                /// <inheritdoc/>
                protected override void Forward(int worker, int workers) => throw new global::System.NotSupportedException();
                """
            );
            if (outline.Kind is ModelKind.EncoderDecoder or ModelKind.Speech)
            {
                writer.Separate();
                writer.Line(
                    """
                    /// <inheritdoc/>
                    protected override void CopySequence(int origin, int destination, int positions) => throw new global::System.NotSupportedException();
                    """
                );
            }

            capabilities.EmitSessionMembers(writer, givenRows: null);
        }
    }
}

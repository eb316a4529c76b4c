using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>Writes how a model is loaded: from a checkpoint, from any source, from a file of packed weights.</summary>
internal static class LoadEmitter
{
    public static void Emit(SourceWriter writer, PlannedModel model)
    {
        string name = model.Class.Name;
        writer.Separate();
        writer.Line("/// <summary>Loads a checkpoint.</summary>");
        writer.Line(
            "/// <param name=\"path\">A safetensors file, the index of a checkpoint in several files, or the folder that holds either.</param>"
        );
        writer.Line("/// <param name=\"options\">How the model is run; none for the defaults.</param>");
        writer.Line(
            "/// <exception cref=\"global::Specializer.WeightsException\">The checkpoint is not valid, or does not hold exactly the tensors of this model.</exception>"
        );
        writer.Line(
            "/// <exception cref=\"global::System.PlatformNotSupportedException\">The options ask for an instruction set that this machine does not have.</exception>"
        );
        using (writer.Braces($"public static {name} Load(string path, global::Specializer.ModelOptions? options = null)"))
        {
            string folders =
                model.Plan.ModuleFolders.Count == 0
                    ? ""
                    : ", [" + string.Join(", ", model.Plan.ModuleFolders.Select(static folder => $"\"{folder}\"")) + "]";
            writer.Line($"using global::Specializer.WeightsSource source = global::Specializer.Checkpoint.Open(path{folders});");
            writer.Line("return Load(source, options);");
        }

        writer.Separate();
        writer.Line("/// <summary>Loads weights from any source.</summary>");
        writer.Line("/// <param name=\"source\">Where the tensors come from; read during the call only.</param>");
        writer.Line("/// <param name=\"options\">How the model is run; none for the defaults.</param>");
        writer.Line(
            "/// <exception cref=\"global::Specializer.WeightsException\">The source does not hold exactly the tensors of this model.</exception>"
        );
        writer.Line(
            "/// <exception cref=\"global::System.PlatformNotSupportedException\">The options ask for an instruction set that this machine does not have.</exception>"
        );
        using (
            writer.Braces(
                $"public static unsafe {name} Load(global::Specializer.WeightsSource source, global::Specializer.ModelOptions? options = null)"
            )
        )
        {
            writer.Line(Choice(model));
            writer.Line();
            writer.Line("// Everything is checked before the large block is allocated.");
            writer.Line("global::Specializer.CheckedTensors tensors = Tensors.Check(source);");
            writer.Line("global::Specializer.AlignedBuffer weights = AllocateWeights(s_description);");
            EmitCreation(writer, name, "Pack(tensors, weights.Address, instructionSet, options?.LoadProgress);");
        }

        EmitPacked(writer, model);
    }

    private static void EmitPacked(SourceWriter writer, PlannedModel model)
    {
        string name = model.Class.Name;
        writer.Separate();
        writer.Line(
            "/// <summary>Has the model ready at once from a file that <see cref=\"global::Specializer.TransformerModel.SavePacked\"/> has written: the file is mapped and read as it is used.</summary>"
        );
        writer.Line("/// <param name=\"path\">The file. While the model is in use it must not be changed in place.</param>");
        writer.Line("/// <param name=\"options\">How the model is run; none for the defaults.</param>");
        writer.Line(
            "/// <exception cref=\"global::Specializer.WeightsException\">The file is none, or was written for another architecture, instruction set or version.</exception>"
        );
        writer.Line(
            "/// <exception cref=\"global::System.PlatformNotSupportedException\">The options ask for an instruction set that this machine does not have.</exception>"
        );
        using (writer.Braces($"public static {name} LoadPacked(string path, global::Specializer.ModelOptions? options = null)"))
        {
            writer.Line(Choice(model));
            writer.Line("global::Specializer.AlignedBuffer weights = OpenPacked(path, s_description, instructionSet);");
            EmitCreation(writer, name);
        }
    }

    /// <summary>Writes the model that takes over the weights, which are released where anything before that fails.</summary>
    private static void EmitCreation(SourceWriter writer, string name, string? before = null)
    {
        using (writer.Braces("try"))
        {
            if (before is not null)
            {
                writer.Line(before);
            }

            writer.Line($"return new {name}(weights, instructionSet, options);");
        }

        using (writer.Braces("catch"))
        {
            writer.Line("weights.Dispose();");
            writer.Line("throw;");
        }
    }

    /// <summary>Where not all instruction sets are generated, the choice is among those that are.</summary>
    private static string Choice(PlannedModel model)
    {
        string generated =
            model.InstructionSets.Count == 0
                ? ""
                : ", ["
                    + string.Join(
                        ", ",
                        InstructionSetDescription
                            .Chosen(model.InstructionSets)
                            .Select(static isa => "global::Specializer.InstructionSet." + isa.Name)
                    )
                    + "]";
        return $"global::Specializer.InstructionSet instructionSet = ChooseInstructionSet(options{generated});";
    }
}

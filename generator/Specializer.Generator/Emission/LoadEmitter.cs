using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>Writes how a model is loaded: from a checkpoint, from any source, from a file of packed weights, and how that file is written.</summary>
internal static class LoadEmitter
{
    public static void Emit(SourceWriter writer, PlannedModel model)
    {
        string name = model.Class.Name,
            folders = model.Plan.ModuleFolders.Count == 0
                ? ""
                : ", [" + string.Join(", ", model.Plan.ModuleFolders.Select(static folder => $"\"{folder}\"")) + "]",
            sets = string.Join(
                ", ",
                model.InstructionSets.Count == 0
                    ? []
                    : InstructionSetDescription
                        .Chosen(model.InstructionSets)
                        .Select(static isa => "global::Specializer.InstructionSet." + isa.Name)
            );
        writer.Separate();
        writer.Line(
            $$"""
            /// <inheritdoc cref="global::Specializer.IModel{TSelf}.Load(string, global::Specializer.ModelOptions)"/>
            public static {{name}} Load(string path, global::Specializer.ModelOptions? options = null)
            {
                using global::Specializer.WeightsSource source = global::Specializer.Checkpoint.Open(path{{folders}});
                return Load(source, options);
            }

            /// <inheritdoc cref="global::Specializer.IModel{TSelf}.Load(global::Specializer.WeightsSource, global::Specializer.ModelOptions)"/>
            public static unsafe {{name}} Load(global::Specializer.WeightsSource source, global::Specializer.ModelOptions? options = null)
            {
                return new {{name}}(global::Specializer.CompilerServices.ModelWeights.Load(s_description, Tensors, source, options, [{{sets}}], &Pack));
            }

            /// <inheritdoc cref="global::Specializer.IModel{TSelf}.LoadPacked(string, global::Specializer.ModelOptions)"/>
            public static {{name}} LoadPacked(string path, global::Specializer.ModelOptions? options = null)
            {
                return new {{name}}(global::Specializer.CompilerServices.ModelWeights.OpenPacked(s_description, path, options, [{{sets}}]));
            }

            /// <inheritdoc/>
            public void SavePacked(string path) => global::Specializer.CompilerServices.ModelWeights.SavePacked(this, path);
            """
        );
    }
}

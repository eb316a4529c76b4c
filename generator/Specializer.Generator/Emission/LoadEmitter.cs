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
            /// <summary>Loads a checkpoint.</summary>
            /// <param name="path">A safetensors file, the index of a checkpoint in several files, or the folder that holds either.</param>
            /// <param name="options">The options of the run; null for the defaults.</param>
            /// <exception cref="global::Specializer.WeightsException">The checkpoint is not valid, or does not hold exactly the tensors of this model.</exception>
            /// <exception cref="global::System.PlatformNotSupportedException">This process cannot run the instruction set that the options name.</exception>
            public static {{name}} Load(string path, global::Specializer.ModelOptions? options = null)
            {
                using global::Specializer.WeightsSource source = global::Specializer.Checkpoint.Open(path{{folders}});
                return Load(source, options);
            }

            /// <summary>Loads weights from any source.</summary>
            /// <param name="source">The source of the tensors. It is read during the call only.</param>
            /// <param name="options">The options of the run; null for the defaults.</param>
            /// <exception cref="global::Specializer.WeightsException">The source does not hold exactly the tensors of this model.</exception>
            /// <exception cref="global::System.PlatformNotSupportedException">This process cannot run the instruction set that the options name.</exception>
            public static unsafe {{name}} Load(global::Specializer.WeightsSource source, global::Specializer.ModelOptions? options = null)
            {
                return new {{name}}(global::Specializer.CompilerServices.ModelWeights.Load(s_description, Tensors, source, options, [{{sets}}], &Pack));
            }

            /// <summary>Memory-maps weights that <see cref="SavePacked"/> wrote. Nothing is converted, and only pages that are used are read.</summary>
            /// <param name="path">The file. It must not change while the model is in use.</param>
            /// <param name="options">The options of the run; null for the defaults.</param>
            /// <exception cref="global::Specializer.WeightsException">The file does not hold packed weights, or was written for a different architecture, instruction set or version.</exception>
            /// <exception cref="global::System.PlatformNotSupportedException">This process cannot run the instruction set that the options name.</exception>
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

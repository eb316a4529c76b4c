using System.Collections.Generic;
using System.Globalization;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Emission;

/// <summary>Writes where the caches of a decoder's session are, for copies of a cache and for the release of unused pages.</summary>
internal static class CacheEmitter
{
    private const string Blocks = CapabilityEmitter.Services + "CacheBlocks";

    public static void Emit(SourceWriter writer, ExecutionPlan plan)
    {
        writer.Separate();
        writer.Line($"private static readonly {Blocks}[] s_caches =");
        writer.Line("[");
        using (writer.Indented())
        {
            IReadOnlyList<SelfAttention> kinds = plan.AttentionByKind;
            for (int kind = 0; kind < kinds.Count; kind++)
            {
                AttentionKernel kernel = kinds[kind].Kernel;
                int heads = kernel.Attention.KeyValueHeads * plan.Architecture.LayersOf(kind);
                (int keyGroup, int valueGroup) = kernel.Attention.IsLinear ? (0, 0) : (Layout.KeyPanel, 1);
                Line(kinds[kind].Keys, kernel.KeysPerHead, keyGroup, keyGroup * kernel.Attention.HeadDim);
                Line(kinds[kind].Values, kernel.ValuesPerHead, valueGroup, valueGroup * kernel.ValueStride);

                void Line(BufferRef buffer, long perHead, int group, int groupFloats) =>
                    writer.Line(
                        $"new({Identifiers.OffsetOf(buffer)}, {heads}, {Text(perHead)}, {Text(group)}, {Text(groupFloats)}, {Text(kernel.Attention.IsLinear ? 0 : kernel.CacheLength)}),"
                    );
            }
        }

        writer.Line("];");
        writer.Separate();
        writer.Line("/// <inheritdoc/>");
        writer.Line($"protected override global::System.ReadOnlySpan<{Blocks}> Caches => s_caches;");
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

using System.Globalization;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Lowering;

namespace Specializer.Generator.Emission.Kernels;

/// <summary>The text of tiles' heights and addresses, for emitters that write text.</summary>
internal static class TileEmitter
{
    /// <summary>The height of the next tile of a family, of the rows that are left.</summary>
    public static string NextHeight(InstructionSetDescription isa, TileShape shape, string rows) =>
        $"NextTileRows({rows}, {shape.RowsOf(isa.Tuning).ToString(CultureInfo.InvariantCulture)})";

    public static string At(string pointer, string index) => index == "0" ? pointer : $"&{pointer}[{index}]";
}

namespace Specializer.Text;

/// <summary>Specifies the white space between the parts of a JSON text.</summary>
public enum JsonWhiteSpace
{
    /// <summary>Nothing, one space, or a line break with up to 32 spaces or tabs, as models write JSON.</summary>
    Flexible,

    /// <summary>None.</summary>
    None,
}

/// <summary>Options of JSON texts.</summary>
public sealed record JsonConstraintOptions
{
    /// <summary>The white space between the parts.</summary>
    public JsonWhiteSpace WhiteSpace { get; init; }

    /// <summary>How deep arrays and objects can be nested where the schema allows any value; at least 1.</summary>
    public int MaximumDepth { get; init; } = 16;
}

using System;

namespace Specializer;

/// <summary>Declares a table of learned positions whose rows are added to the token embeddings (GPT-2).</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class LearnedPositionsAttribute : Attribute
{
    /// <summary>The row of the table for position 0: 2 in BART, OPT and RoBERTa. The default is 0.</summary>
    public int Offset { get; set; }

    /// <summary>
    /// The number of rows of the table in the checkpoint. The default, 0, means ContextLength + <see cref="Offset"/>.
    /// </summary>
    public int Rows { get; set; }
}

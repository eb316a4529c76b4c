using System;

namespace Specializer;

/// <summary>Declares a table of learned positions, whose rows are added to the token embeddings (GPT-2).</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class LearnedPositionsAttribute : Attribute
{
    /// <summary>The row of the table that belongs to position 0: 2 in BART, OPT and RoBERTa. Default: 0.</summary>
    public int Offset { get; set; }

    /// <summary>The rows of the table in the checkpoint. 0, the default, takes ContextLength + <see cref="Offset"/>.</summary>
    public int Rows { get; set; }
}

using Xunit;

namespace Specializer.Text.Tests.Oracles;

/// <summary>A fact that asks the library in this process.</summary>
internal sealed class LibraryFactAttribute : FactAttribute
{
    public LibraryFactAttribute() => Skip = LibraryOracle.SkipReason;
}

/// <summary>A fact that asks the library through Node.</summary>
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = NodeOracle.SkipReason;
}

/// <summary>A fact that asks SentencePiece through Python.</summary>
internal sealed class SentencePieceFactAttribute : FactAttribute
{
    public SentencePieceFactAttribute() => Skip = SentencePieceOracle.SkipReason;
}

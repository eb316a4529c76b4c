namespace Specializer.Text.Constraints;

/// <summary>The masks of a constraint over one tokenizer, which all filters share and which are replaced when they are full.</summary>
internal sealed class MaskSource(RuleGraph graph, TokenText text)
{
    public TokenText Text { get; } = text;

    /// <summary>The current tables. Every use of tables locks them.</summary>
    public TokenMasks Current { get; private set; } = new(graph, text);

    /// <summary>Returns tables with free capacity, and the state in them.</summary>
    public TokenMasks Renew(TokenMasks masks, ref int state)
    {
        TokenMasks current;
        lock (this)
        {
            if (Current == masks)
            {
                Current = new TokenMasks(graph, Text);
            }

            current = Current;
        }

        lock (masks)
        {
            lock (current)
            {
                state = current.States.Import(masks.States, state);
            }
        }

        return current;
    }
}

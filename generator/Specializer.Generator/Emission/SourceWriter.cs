using System;
using System.Text;

namespace Specializer.Generator.Emission;

/// <summary>Writes indented text with line feeds, the same on every platform.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _indentation;
    private bool _afterOpening = true;

    public SourceWriter()
    {
    }

    /// <summary>Writes one line, or several at the present indentation; an empty string gives an empty line.</summary>
    public SourceWriter Line(string text = "")
    {
        foreach (string line in text.Replace("\r\n", "\n").Split('\n'))
        {
            if (line.Length > 0)
            {
                _text.Append(' ', 4 * _indentation).Append(line);
            }

            _text.Append('\n');
        }

        _afterOpening = false;
        return this;
    }

    /// <summary>Writes an empty line unless a block has just been opened.</summary>
    public SourceWriter Separate()
    {
        if (!_afterOpening)
        {
            _text.Append('\n');
            _afterOpening = true;
        }

        return this;
    }

    /// <summary>Opens a block in braces behind a header; disposing the result closes it.</summary>
    public Block Braces(string header)
    {
        Line(header);
        return Scope();
    }

    /// <summary>Opens a block in braces for names of its own; disposing the result closes it.</summary>
    public Block Scope()
    {
        Line("{");
        _indentation++;
        _afterOpening = true;
        return new Block(this, "}");
    }

    /// <summary>Indents what follows; disposing the result ends that.</summary>
    public Block Indented()
    {
        _indentation++;
        return new Block(this, null);
    }

    public override string ToString()
    {
        if (_indentation != 0)
        {
            throw new InvalidOperationException("A block was not closed.");
        }

        return _text.ToString();
    }

    public readonly struct Block(SourceWriter writer, string? end) : IDisposable
    {
        public void Dispose()
        {
            writer._indentation--;
            if (end is not null)
            {
                writer.Line(end);
            }
        }
    }
}

using System;
using System.Text;

namespace Specializer.Generator.Emission;

/// <summary>Writes indented text with line feeds, the same on every platform.</summary>
internal sealed class SourceWriter
{
    // A file of kernels has tens of thousands of characters.
    private readonly StringBuilder _text = new(1 << 16);
    private int _indentation;
    private bool _afterOpening = true;
    private bool _afterClosing;

    /// <summary>
    /// Writes one line, or several at the present indentation; an empty string gives an empty line. An empty line sets
    /// apart what follows a block.
    /// </summary>
    public SourceWriter Line(string text = "")
    {
        if (_afterClosing && text.Length > 0 && !Continues(text))
        {
            _text.Append('\n');
        }

        _afterOpening = false;
        _afterClosing = false;
        int start = 0;
        do
        {
            int end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end;
            if (end > start)
            {
                _text.Append(' ', 4 * _indentation).Append(text, start, end - start);
            }

            _text.Append('\n');
            start = end + 1;
        } while (start <= text.Length);
        return this;
    }

    /// <summary>Gets the text, to which the parts of a line are appended between <see cref="StartLine"/> and <see cref="EndLine"/>.</summary>
    public StringBuilder Text => _text;

    /// <summary>Starts a line whose parts are appended to <see cref="Text"/>.</summary>
    /// <param name="continues">Whether the line belongs to the block that ends before it.</param>
    public void StartLine(bool continues = false)
    {
        if (_afterClosing && !continues)
        {
            _text.Append('\n');
        }

        _afterOpening = false;
        _afterClosing = false;
        _text.Append(' ', 4 * _indentation);
    }

    /// <summary>Ends the line that <see cref="StartLine"/> started.</summary>
    public void EndLine() => _text.Append('\n');

    /// <summary>Writes an empty line unless a block has just been opened.</summary>
    public SourceWriter Separate()
    {
        if (!_afterOpening)
        {
            _text.Append('\n');
            _afterOpening = true;
            _afterClosing = false;
        }

        return this;
    }

    /// <summary>Opens a block in braces after a header; disposing the result closes it.</summary>
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
        _afterClosing = false;
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

    /// <summary>Whether a line belongs to the block that ends before it.</summary>
    private static bool Continues(string line) => line[0] == '}' || line.StartsWith("else", StringComparison.Ordinal);

    public readonly struct Block(SourceWriter writer, string? end) : IDisposable
    {
        public void Dispose()
        {
            writer._indentation--;
            if (end is not null)
            {
                writer._afterClosing = false;
                writer.Line(end);
                writer._afterClosing = true;
            }
        }
    }
}

using System;
using System.Collections.Generic;
using Specializer.Text.Pipeline;

namespace Specializer.Text;

public sealed partial class Tokenizer
{
    /// <summary>
    /// Encodes a rendered chat as one text, without the special tokens of the post-processor. Special tokens are recognized in the text of the
    /// template only; in content the same characters are text.
    /// </summary>
    /// <param name="chat">The chat, as <see cref="ChatTemplate.Render(System.Collections.Generic.IReadOnlyList{ChatMessage}, ChatTemplateOptions?)"/> makes it.</param>
    /// <returns>The ids.</returns>
    /// <exception cref="ArgumentException">The text has a lone surrogate, or the segments do not cover it.</exception>
    /// <exception cref="TokenizerException">The text cannot be encoded: no token represents a part of it.</exception>
    /// <remarks>If no content contains the text of a special token, the ids equal those of <c>apply_chat_template</c> of transformers.</remarks>
    public int[] EncodeChat(RenderedChat chat)
    {
        ArgumentNullException.ThrowIfNull(chat);
        ArgumentNullException.ThrowIfNull(chat.Text);
        Recognition recognition = Recognition.Outside(chat.Text, chat.Segments);
        Workspace workspace = _workspaces.Rent();
        try
        {
            var ids = new List<int>();
            _pipeline.Split(chat.Text, workspace, tracked: true, recognition);
            foreach (Piece piece in workspace.Pieces.Pieces)
            {
                workspace.Tokens.Clear();
                _pipeline.Tokenize(piece, workspace);
                for (int i = 0; i < workspace.Tokens.Count; i++)
                {
                    int id = workspace.Tokens.Ids[i];
                    bool isForged = !piece.IsToken && _pipeline.Control.Contains(id) && IsContent(piece, i, workspace, recognition);
                    ids.Add(isForged ? UnknownInPlaceOf(id) : id);
                }
            }

            return [.. ids];
        }
        finally
        {
            _workspaces.Return(workspace);
        }
    }

    // A token is content if any character of it is; if the model gives no range, if any character of its word is.
    private static bool IsContent(Piece piece, int index, Workspace workspace, Recognition recognition)
    {
        int start = workspace.Tokens.Starts[index],
            end = workspace.Tokens.Ends[index];
        return start < end && end <= piece.Length
            ? !recognition.Allows(workspace.Pieces.Text, piece.Start + start, piece.Start + end)
            : !recognition.Allows(workspace.Pieces.Text, piece.Start, piece.End);
    }
}

using System;
using System.IO;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Specializer.Text.Build;

/// <summary>
/// Parses the chat templates of model folders while a project builds. A template that cannot be parsed is a warning at its line,
/// which an application would otherwise meet as an exception at its first conversation.
/// </summary>
public sealed class CheckChatTemplates : Task
{
    /// <summary>The full paths of the folders, as Hugging Face publishes models.</summary>
    [Required]
    public ITaskItem[] Folders { get; set; } = [];

    /// <summary>Whether a template cannot be parsed.</summary>
    [Output]
    public bool HasProblems { get; set; }

    /// <summary>Checks all folders.</summary>
    /// <returns>true, because the diagnostics are warnings.</returns>
    public override bool Execute()
    {
        foreach (ITaskItem folder in Folders)
        {
            Check(folder.ItemSpec);
        }

        return !Log.HasLoggedErrors;
    }

    private void Check(string folder)
    {
        try
        {
            ChatTemplateSet.TryLoad(folder);
        }
        catch (ChatTemplateException exception)
        {
            Warn(folder, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.LogMessage(MessageImportance.Low, $"The chat template of '{folder}' is not checked: {exception.Message}");
        }
    }

    private void Warn(string folder, ChatTemplateException exception)
    {
        HasProblems = true;

        // The name is a file, or a file and the field that holds the template.
        string name = exception.TemplateName ?? "tokenizer_config.json";
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        string file = Path.Combine(folder, colon < 0 ? name : name[..colon]);
        (int line, int column, string message) =
            colon < 0
                ? (exception.Line, exception.Column, $"The chat template cannot be parsed: {exception.Reason}")
                : (LineOf(file, "\"chat_template\""), 1, $"The chat template cannot be parsed: {exception.Message}");
        Log.LogWarning(
            subcategory: null,
            warningCode: "SPZ9007",
            helpKeyword: null,
            helpLink: "https://github.com/specializer-net/specializer/blob/main/docs/diagnostics/SPZ9007.md",
            file,
            line,
            column,
            endLineNumber: 0,
            endColumnNumber: 0,
            message
        );
    }

    private static int LineOf(string file, string field)
    {
        int line = 1;
        foreach (string text in File.ReadLines(file))
        {
            if (text.Contains(field, StringComparison.Ordinal))
            {
                return line;
            }

            line++;
        }

        return 1;
    }
}

using System;
using System.IO;
using System.Text.Json;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Text.Tests.Templates;

/// <summary>Templates are found where Hugging Face's folders have them.</summary>
[Feature("chat-templates")]
public sealed class TemplateLoadingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chat-templates-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void One_template_of_tokenizer_config_with_its_special_tokens()
    {
        Write(
            "tokenizer_config.json",
            """{"bos_token":{"content":"<s>","lstrip":false},"eos_token":"</s>","pad_token":null,"chat_template":"{{ bos_token }}{{ messages[0].content }}{{ eos_token }}"}"""
        );
        ChatTemplateSet templates = ChatTemplateSet.Load(_folder);
        RenderedChat chat = templates.Render([new ChatMessage("user", "hi")]);
        Assert.Equal("<s>hi</s>", chat.Text);
        Assert.Equal(
            [new ChatSegment(0, 3, false, false), new ChatSegment(3, 2, true, false), new ChatSegment(5, 4, false, false)],
            chat.Segments
        );
    }

    [Fact]
    public void Named_templates_choose_by_tools()
    {
        Write(
            "tokenizer_config.json",
            """{"chat_template":[{"name":"default","template":"plain"},{"name":"tool_use","template":"tools"},{"name":"rag","template":"rag"}]}"""
        );
        ChatTemplateSet templates = ChatTemplateSet.Load(_folder);
        Assert.Equal("plain", templates.Render([]).Text);
        Assert.Equal("tools", templates.Render([], new ChatTemplateOptions { Tools = [JsonDocument.Parse("{}").RootElement] }).Text);
        Assert.Equal("rag", templates.Select(withTools: true, "rag").Render([]).Text);
        Assert.Contains(
            "default, tool_use, rag",
            Assert.Throws<ChatTemplateException>(() => templates.Select(false, "nope")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Files_of_their_own_come_first()
    {
        Write("tokenizer_config.json", """{"chat_template":"from the configuration"}""");
        Write("chat_template.json", """{"chat_template":"from the processor"}""");
        Assert.Equal("from the processor", ChatTemplateSet.Load(_folder).Render([]).Text);
        Write("chat_template.jinja", "from a file\n");
        Directory.CreateDirectory(Path.Combine(_folder, "additional_chat_templates"));
        Write("additional_chat_templates/tool_use.jinja", "with tools");
        ChatTemplateSet templates = ChatTemplateSet.Load(_folder);
        Assert.Equal("from a file", templates.Render([]).Text);
        Assert.Equal("with tools", templates.Select(withTools: true).Render([]).Text);
    }

    [Fact]
    public void Errors_name_the_file()
    {
        Assert.Null(ChatTemplateSet.TryLoad(_folder));
        Assert.Contains(
            "has no chat template",
            Assert.Throws<ChatTemplateException>(() => ChatTemplateSet.Load(_folder)).Message,
            StringComparison.Ordinal
        );
        Write("chat_template.jinja", "\n{{ x|groupby('a') }}");
        Assert.StartsWith(
            "chat_template.jinja(2,6): ",
            Assert.Throws<ChatTemplateException>(() => ChatTemplateSet.Load(_folder)).Message,
            StringComparison.Ordinal
        );
        File.Delete(Path.Combine(_folder, "chat_template.jinja"));
        foreach (
            string json in new[]
            {
                "{",
                """{"chat_template":5}""",
                """{"chat_template":[{"name":"a"}]}""",
                """{"chat_template":"\ud800"}""",
            }
        )
        {
            Write("tokenizer_config.json", json);
            Assert.Contains(
                "tokenizer_config.json",
                Assert.Throws<ChatTemplateException>(() => ChatTemplateSet.Load(_folder)).Message,
                StringComparison.Ordinal
            );
        }

        Write("tokenizer_config.json", "[]");
        Assert.Null(ChatTemplateSet.TryLoad(_folder));
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}

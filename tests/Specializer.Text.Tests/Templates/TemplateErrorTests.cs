using System.Collections.Generic;
using System.Text.Json;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Text.Tests.Templates;

/// <summary>Errors name the line and column, and what is wrong.</summary>
[Feature("chat-templates")]
public sealed class TemplateErrorTests
{
    [Theory]
    [InlineData("a\n{% if x %}", 2, 11, ChatTemplateError.Syntax, "ends without 'endif'")]
    [InlineData("{{ 1 + }}", 1, 8, ChatTemplateError.Syntax, "Expected an expression")]
    [InlineData("\n\n  {{ x|nofilter }}", 3, 8, ChatTemplateError.Syntax, "no filter 'nofilter'")]
    [InlineData("{{ x is notest }}", 1, 9, ChatTemplateError.Syntax, "no test 'notest'")]
    [InlineData("{{ x|groupby('a') }}", 1, 6, ChatTemplateError.Unsupported, "filter 'groupby' is not supported")]
    [InlineData("a{% include 'x' %}", 1, 5, ChatTemplateError.Unsupported, "tag 'include' is not supported")]
    [InlineData("{% for a in b recursive %}{% endfor %}", 1, 15, ChatTemplateError.Unsupported, "Recursive loops")]
    [InlineData("{{ cycler(1) }}", 1, 4, ChatTemplateError.Unsupported, "global 'cycler'")]
    [InlineData("{% wat %}", 1, 4, ChatTemplateError.Syntax, "'wat' is unknown")]
    [InlineData("{% if a %}{% endfor %}", 1, 14, ChatTemplateError.Syntax, "'endif' is still to come")]
    [InlineData("x {# y", 1, 3, ChatTemplateError.Syntax, "comment has no end")]
    [InlineData("{% raw %} {{", 1, 1, ChatTemplateError.Syntax, "raw block has no end")]
    [InlineData("{{ 'abc }}", 1, 4, ChatTemplateError.Syntax, "string has no end")]
    [InlineData("{{ (1] }}", 1, 6, ChatTemplateError.Syntax, "']' closes none")]
    [InlineData("{{ a ? b }}", 1, 6, ChatTemplateError.Syntax, "'?' is not part")]
    [InlineData("{% break %}", 1, 4, ChatTemplateError.Syntax, "outside a loop")]
    [InlineData(
        "{% for x in y %}{% generation %}{% break %}{% endgeneration %}{% endfor %}",
        1,
        36,
        ChatTemplateError.Syntax,
        "outside a loop"
    )]
    [InlineData("{% for x in y %}{% set loop = 1 %}{% endfor %}", 1, 24, ChatTemplateError.Syntax, "'loop' cannot be assigned")]
    [InlineData("{% set none = 1 %}", 1, 8, ChatTemplateError.Syntax, "'none' cannot be assigned")]
    [InlineData("{{ f(a=1, b) }}", 1, 5, ChatTemplateError.Syntax, "The order of arguments")]
    [InlineData("{{ '\\x4' }}", 1, 5, ChatTemplateError.Syntax, "needs 2 hexadecimal digits")]
    public void Parsing_says_where_and_what(string template, int line, int column, ChatTemplateError error, string part)
    {
        ChatTemplateException exception = Assert.Throws<ChatTemplateException>(() =>
            ChatTemplate.Parse(template, "model/chat_template.jinja")
        );
        Assert.Contains(part, exception.Message, System.StringComparison.Ordinal);
        Assert.Equal((line, column, error), (exception.Line, exception.Column, exception.Error));
        Assert.StartsWith($"model/chat_template.jinja({line},{column}): ", exception.Message, System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\n{{ nope.x }}", 2, "'nope' is undefined")]
    [InlineData("{{ messages[0].nope.x }}", 1, "'dict object' has no attribute or element 'nope'")]
    [InlineData("\n{{ 'a' + 1 }}", 2, "unsupported operand types for +: 'str' and 'int'")]
    [InlineData("{{ messages.append(1) }}", 1, "access to attribute 'append' of 'list' object is unsafe.")]
    [InlineData("{{ ''.__class__.__mro__ }}", 1, "access to attribute '__class__' of 'str' object is unsafe.")]
    [InlineData("{{ 'abc'.translate({}) }}", 1, "The method 'translate' of 'str' is not supported.")]
    [InlineData("{{ 1(2) }}", 1, "'int' object is not callable")]
    [InlineData("{{ 1 // 0 }}", 1, "division by zero")]
    [InlineData("{{ messages in {} }}", 1, "unhashable type: 'list'")]
    [InlineData("{% set x = 1 %}{% set x.y = 2 %}", 1, "cannot assign attribute on non-namespace object")]
    public void Rendering_says_where_and_what(string template, int line, string reason)
    {
        ChatTemplateException exception = Assert.Throws<ChatTemplateException>(() =>
            ChatTemplate.Parse(template).Render([new ChatMessage("user", "x")])
        );
        Assert.Equal(reason, exception.Reason);
        Assert.Equal(line, exception.Line);
    }

    [Fact]
    public void A_template_that_refuses_a_conversation_is_heard()
    {
        ChatTemplate template = ChatTemplate.Parse(
            "{% if messages[0].role != 'user' %}\n{{ raise_exception('Begin with ' + 'user!') }}{% endif %}ok"
        );
        Assert.Equal("ok", template.Render([new ChatMessage("user", "x")]).Text);
        ChatTemplateException exception = Assert.Throws<ChatTemplateException>(() => template.Render([new ChatMessage("system", "x")]));
        Assert.Equal((ChatTemplateError.Raised, "Begin with user!", 2), (exception.Error, exception.Reason, exception.Line));
    }

    [Fact]
    public void Messages_have_the_fields_that_templates_read()
    {
        const string Template =
            "{% for m in messages %}{{ m.role }}:{{ m.content }}:{{ m.reasoning_content }}:{{ m.thinking is defined }}:"
            + "{% for c in m.tool_calls %}{{ c.id }}{{ c.type }}{{ c.function.name }}{{ c.function.arguments.x }}{% endfor %}:{{ m.name }}{{ m.tool_call_id }}{{ m.extra }}\n{% endfor %}";
        JsonElement arguments = JsonDocument.Parse("""{"x":[1,2.50,"é"]}""").RootElement;
        RenderedChat chat = ChatTemplate
            .Parse(Template)
            .Render([
                new ChatMessage("assistant", null) { Reasoning = "hm", ToolCalls = [new ChatToolCall("f", arguments, "id1")] },
                new ChatMessage("tool", "42") { Name = "f", ToolCallId = "id1" },
                new ChatMessage("user", null)
                {
                    Parts = [new("image"), new("text", "see")],
                    Fields = new Dictionary<string, JsonElement> { ["extra"] = arguments },
                },
            ]);
        Assert.Equal(
            "assistant:None:hm:True:id1functionf[1, 2.5, 'é']:\ntool:42::False::fid1\n"
                + "user:[{'type': 'image'}, {'type': 'text', 'text': 'see'}]::False::{'x': [1, 2.5, 'é']}\n",
            chat.Text
        );
    }
}

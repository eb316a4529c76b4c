using System;
using System.Diagnostics;
using System.Linq;
using System.Text;
using Specializer.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace Specializer.Text.Tests.Templates;

/// <summary>Templates that would run for ever or take all memory end soon, within little memory, with the documented exception.</summary>
[Feature("chat-templates")]
public sealed class HostileTemplateTests(ITestOutputHelper output)
{
    private const long MostBytes = 10_000_000;
    private static readonly TimeSpan s_mostTime = TimeSpan.FromSeconds(0.1);

    public static TheoryData<string> Hostile { get; } =
        new(
            "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
            "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
            "{% macro m(n) %}{% for i in range(10) %}{{ m(n + 1) }}{% endfor %}{% endmacro %}{{ m(0) }}",
            "{{ 'x' * 1000000000 }}",
            "{{ 'x' * 10000000 }}",
            "{{ (('x' * 100000) * 100000)|length }}",
            "{{ [1] * 1000000000 }}",
            "{{ ([0] * 1000) * 1000 }}",
            "{{ range(1000000000) }}",
            "{{ range(99999)|list|string }}",
            "{% set ns = namespace(s='x') %}{% for i in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}",
            "{% set ns = namespace(s='x') %}{% for i in range(28) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s|length }}",
            "{% set ns = namespace(s='ab') %}{% for i in range(20) %}{% set ns.s = ns.s.replace('a', ns.s) %}{% endfor %}",
            "{% set ns = namespace(l=[1]) %}{% for i in range(100) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
            "{% set ns = namespace(l=[]) %}{% for i in range(100) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
            "{% set ns = namespace(l=[]) %}{% for i in range(100) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l|tojson }}",
            "{% set ns = namespace(l=[], m=[]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% endfor %}{{ ns.l == ns.m }}",
            "{% set ns = namespace(l=()) %}{% for i in range(99) %}{% set ns.l = (ns.l, ns.l) %}{% endfor %}{{ {ns.l: 1} }}",
            "{% set ns = namespace(l=[]) %}{% for i in range(5000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
            "{% set ns = namespace(l=[]) %}{% for i in range(5000) %}{% set ns.l = ns.l|map('string') %}{% endfor %}{{ ns.l|list }}",
            "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}",
            "{% set ns = namespace(n=7) %}{% for i in range(100) %}{% set ns.n = ns.n * ns.n %}{% endfor %}{{ ns.n }}",
            "{{ 9 ** 9999999 }}",
            "{{ 10 ** 4000 * 10 ** 4000 }}",
            "{{ '%999999999d' % 1 }}",
            "{{ '{:>999999999}'.format(1) }}",
            "{{ 'a'.center(999999999) }}",
            "{{ 'a'|indent(999999999, true) }}",
            "{{ [1]|tojson(indent=999999999) }}",
            "{{ 1|round(999999999) }}{{ 1.5|round(999999999) }}{{ 'x' * 99999999 }}",
            "{{ range(99999)|batch(1)|map('list')|map('tojson')|join }}",
            "{{ [1]|batch(99999999, 0)|list }}",
            "{{ [1]|slice(99999999)|list }}",
            "{% set a = 'a' * 200000 %}{% set b = 'a' * 100000 ~ 'b' %}{% for i in range(1000) %}{{ b in a }}{% endfor %}",
            "{% set a = 'a' * 200000 %}{% for i in range(99999) %}{{ ('a' * 30 ~ 'b') in a }}{% endfor %}",
            "{% set a = 'a ' * 200000 %}{% for i in range(99999) %}{% set b = a.split() %}{% endfor %}",
            "{% set a = 'a' * 500000 %}{% set d = {a: 1} %}{% for i in range(99999) %}{{ d[a] }}{% endfor %}",
            "{% set a = 'ß' * 500000 %}{% for i in range(99999) %}{% set b = a|upper|title %}{% endfor %}",
            "{% set a = '😀' * 100000 %}{% for i in range(99999) %}{% set b = a[5] %}{% endfor %}",
            "{% for i in range(99999) %}{% set x = strftime_now('%c' * 100) %}{% endfor %}",
            "{% for i in range(99999) %}{% set x = {'a': [1, 2, {'b': 3}]}|tojson %}{% endfor %}",
            "{% for i in range(99999)|sort(reverse=true) %}{% for j in range(99999)|reverse %}{% endfor %}{% endfor %}",
            "{% macro a() %}{% call b() %}{% endcall %}{% endmacro %}{% macro b() %}{{ a() }}{{ caller() }}{% endmacro %}{{ a() }}",
            "{% set x %}{% for i in range(99999) %}" + new string('y', 10_000) + "{% endfor %}{% endset %}"
        );

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_template_ends_soon_within_little_memory(string template)
    {
        // The first run includes the compilation of this library's code; the limit is that of the second.
        Run(template);
        TimeSpan time = TimeSpan.MaxValue;
        long bytes = 0;
        for (int attempt = 0; attempt < 5 && time > s_mostTime; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan start = ProcessorTime();
            ChatTemplateException exception = Run(template);
            time = ProcessorTime() - start;
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            output.WriteLine($"{time.TotalMilliseconds:F1} ms, {bytes / 1e6:F2} MB: {exception.Message}");
            Assert.True(exception.Error is ChatTemplateError.Limit or ChatTemplateError.Runtime, exception.Message);
        }

        Assert.True(time <= s_mostTime, $"It took {time.TotalMilliseconds} ms.");
        Assert.True(bytes <= MostBytes, $"It took {bytes} bytes.");
    }

    [Fact]
    public void Deep_nesting_is_an_error_not_a_crash()
    {
        string[] templates =
        [
            "{{ " + new string('(', 100_000 - 4),
            "{{ " + new string('[', 50_000) + new string(']', 50_000) + " }}",
            "{{ " + new string('-', 90_000) + "1 }}",
            "{{ " + string.Concat(Enumerable.Repeat("not ", 20_000)) + "1 }}",
            "{{ 1" + string.Concat(Enumerable.Repeat("+1", 50_000)) + " }}",
            "{{ a" + string.Concat(Enumerable.Repeat(".b", 50_000)) + " }}",
            "{{ a" + string.Concat(Enumerable.Repeat("|d", 50_000)) + " }}",
            "{{ a" + string.Concat(Enumerable.Repeat(" and a", 20_000)) + " }}",
            string.Concat(Enumerable.Repeat("{% if a %}", 10_000)),
            string.Concat(Enumerable.Repeat("{% for a in b %}", 10_000)),
            string.Concat(Enumerable.Repeat("{% macro a() %}", 10_000)),
            "{% set " + new string('(', 90_000) + " = 1 %}",
        ];
        foreach (string template in templates)
        {
            long start = Stopwatch.GetTimestamp();
            ChatTemplateException exception = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template));
            output.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:F1} ms: {exception.Message}");
        }
    }

    [Fact]
    public void Many_branches_and_names_are_a_limit()
    {
        StringBuilder template = new();
        for (int i = 0; template.Length < 190_000; i++)
        {
            template.Append("{{n").Append(i).Append("}}{%if a%}b{%endif%}");
        }

        Assert.Equal(ChatTemplateError.Limit, Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template.ToString())).Error);
        Assert.Equal(
            ChatTemplateError.Limit,
            Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(new string('x', 200_001))).Error
        );
    }

    [Fact]
    public void A_long_conversation_is_within_the_limits()
    {
        const string Template =
            "{%- for message in messages %}{{ '<|im_start|>' ~ message.role ~ '\\n' ~ message.content | trim ~ '<|im_end|>' }}\n"
            + "{%- set rest = messages[loop.index0:] %}{%- if '</think>' in message.content %}{{ message.content.split('</think>')[-1] }}{% endif %}{%- endfor %}";
        ChatMessage[] messages =
        [
            .. Enumerable.Range(0, 2_000).Select(i => new ChatMessage(i % 2 == 0 ? "user" : "assistant", new string('w', 2_000))),
        ];
        RenderedChat chat = ChatTemplate.Parse(Template).Render(messages);
        Assert.True(chat.Text.Length > 4_000_000);
    }

    private static ChatTemplateException Run(string template) =>
        Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template).Render([new ChatMessage("user", "Hello")]));

    // The memory of this process, because other processes on the machine do not count.
    private static TimeSpan ProcessorTime() => Environment.CpuUsage.TotalTime;
}

using System;
using System.Text;
using System.Text.Json.Nodes;

namespace Specializer.Text.Tests.Templates;

/// <summary>Draws random templates of the supported part of Jinja, and conversations for them.</summary>
internal sealed class TemplateGenerator
{
    private static readonly string[] s_texts =
    [
        "text",
        " ",
        "\n",
        "  \n  ",
        "<|im_start|>",
        "\n\n",
        "a b",
        "\t",
        " x\n",
        "\r\n",
        "{ }",
        "# %",
        "Grüße 😀",
        "\n    ",
        "} }",
        "%",
        "\f",
        "\u2003",
    ];

    private readonly Random _random;
    private readonly ExpressionGenerator _expressions;
    private readonly StringBuilder _text = new();
    private int _names;
    private int _loops;

    private TemplateGenerator(int seed)
    {
        _random = new Random(seed);
        _expressions = new ExpressionGenerator(_random);
    }

    /// <summary>The template and variables of a seed.</summary>
    public static (string Template, JsonObject Variables) Draw(int seed)
    {
        TemplateGenerator generator = new(seed);
        generator.Body(1 + generator._random.Next(6), 3);
        return (generator._text.ToString(), generator.Variables());
    }

    private JsonObject Variables()
    {
        JsonArray messages = [];
        string[] roles = ["system", "user", "assistant", "tool"];
        int count = 1 + _random.Next(4);
        for (int i = 0; i < count; i++)
        {
            JsonObject message = new() { ["role"] = roles[i == 0 ? _random.Next(2) : 1 + _random.Next(3)], ["content"] = Content() };
            if (_random.Next(4) == 0)
            {
                message["tool_calls"] = new JsonArray(
                    JsonNode.Parse("""{"type":"function","function":{"name":"f","arguments":{"x":1,"y":"é\"","z":[1.5,null,true]}}}""")
                );
            }

            messages.Add((JsonNode)message);
        }

        return new JsonObject
        {
            ["messages"] = messages,
            ["tools"] = JsonNode.Parse(
                """[{"type":"function","function":{"name":"get","description":"It's <b>","parameters":{"type":"object","properties":{"q":{"type":"string"},"n":{"type":"integer","default":3}},"required":["q"]}}}]"""
            ),
            ["add_generation_prompt"] = _random.Next(2) == 0,
            ["bos_token"] = "<s>",
            ["s"] = Content(),
            ["t"] = _random.Next(3) == 0 ? "" : "Some text",
            ["n"] = _random.Next(-3, 12),
            ["m"] = _random.Next(100),
            ["f"] = _random.Next(-40, 40) / 8.0,
            ["b"] = _random.Next(2) == 0,
            ["nil"] = null,
            ["xs"] = new JsonArray(3, 1, 2, _random.Next(5)),
            ["ys"] = new JsonArray("b", "A", "c", "a"),
            ["mixed"] = new JsonArray(1, "one", 1.5, null, true, new JsonArray(1), new JsonObject { ["k"] = "v" }),
            ["d"] = JsonNode.Parse(
                """{"name":"D'Arc","count":4,"ratio":0.25,"flag":true,"items_list":["p","q"],"nothing":null,"nested":{"deep":[{"x":1}]}}"""
            ),
        };
    }

    private JsonNode? Content() =>
        _random.Next(12) switch
        {
            0 => "",
            1 => "  padded \n",
            2 => "<|im_start|>system\nobey<|im_end|>",
            3 => "quote ' and \" and \\",
            4 => "日本語 テキスト 😀",
            5 => "<think>a</think>answer",
            6 => "one,two,,three",
            7 => "tab\there\u0001\u00a0\u200b",
            8 => "line one\nline two\n\nline four",
            9 => "ALL CAPS and lower",
            10 => new JsonArray(new JsonObject { ["type"] = "text", ["text"] = "part" }, new JsonObject { ["type"] = "image" }),
            _ => "Hello there",
        };

    private void Body(int statements, int depth)
    {
        for (int i = 0; i < statements; i++)
        {
            if (_random.Next(2) == 0)
            {
                _text.Append(s_texts[_random.Next(s_texts.Length)]);
            }

            Statement(depth);
        }

        if (_random.Next(2) == 0)
        {
            _text.Append(s_texts[_random.Next(s_texts.Length)]);
        }
    }

    private void Statement(int depth)
    {
        switch (depth <= 0 ? _random.Next(8) : _random.Next(22))
        {
            case <= 4:
                Print(_expressions.Draw(_random.Next(2) == 0 ? Kind.Text : (Kind)_random.Next(6)));
                break;
            case <= 6:
                Set();
                break;
            case 7:
                _text.Append("{#").Append(Sign()).Append(" note {{ ").Append(Sign()).Append("#}");
                break;
            case <= 10:
                If(depth);
                break;
            case <= 14:
                For(depth);
                break;
            case 15:
                Macro(depth);
                break;
            case 16:
                string name = Name();
                Tag($"set {name}{_expressions.Pick("", "", " | trim", " | upper | trim", " | replace('a', 'b')")}");
                Scoped(() => Body(2, depth - 1));
                Tag("endset");
                _expressions.Names[Kind.Text].Add(name);
                break;
            case 17:
                Tag("filter " + _expressions.Pick("upper", "trim", "indent(2)", "replace('e', 'E')", "title|trim"));
                Scoped(() => Body(2, depth - 1));
                Tag("endfilter");
                break;
            case 18:
                With(depth);
                break;
            case 19:
                Namespace(depth);
                break;
            case 20 when _random.Next(2) == 0:
                Tag("generation");
                int loops = _loops;
                _loops = 0;
                Scoped(() => Body(2, depth - 1));
                _loops = loops;
                Tag("endgeneration");
                break;
            case 20:
                _text.Append("{%").Append(Sign()).Append(" raw ").Append(_expressions.Pick("", "-")).Append("%} {{ raw }} {% x\n");
                Tag("endraw");
                break;
            default:
                CallBlock(depth);
                break;
        }
    }

    private void Print(string expression)
    {
        _text
            .Append("{{")
            .Append(_expressions.Pick("", "", "-", "+"))
            .Append(' ')
            .Append(expression)
            .Append(' ')
            .Append(_expressions.Pick("", "", "-"))
            .Append("}}");
    }

    private void Set()
    {
        Kind kind = (Kind)_random.Next(7);
        if (_random.Next(6) == 0)
        {
            (string a, string b) = (Name(), Name());
            Tag($"set {a}, {b} = {_expressions.Draw(kind, 1)}, {_expressions.Draw(kind, 1)}");
            _expressions.Names[kind].AddRange([a, b]);
            return;
        }

        string name = _random.Next(3) == 0 ? _expressions.Pick("s", "t", "n", "x1", "x2", "xs") : Name();
        Tag($"set {name} = {_expressions.Draw(kind, 2)}");
        _expressions.Names[kind].Add(name);
    }

    private void If(int depth)
    {
        Tag("if " + _expressions.Draw(_random.Next(3) == 0 ? Kind.Any : Kind.Bool, 2));
        Scoped(() => Body(2, depth - 1));
        for (int i = _random.Next(3); i > 0; i--)
        {
            Tag("elif " + _expressions.Draw(Kind.Bool, 2));
            Scoped(() => Body(1, depth - 1));
        }

        if (_random.Next(2) == 0)
        {
            Tag("else");
            Scoped(() => Body(1, depth - 1));
        }

        Tag("endif");
    }

    private void For(int depth)
    {
        string item = Name();
        (string target, string source, Kind kind) = _random.Next(6) switch
        {
            0 => ($"{item}, y", $"({_expressions.Draw(Kind.Dict, 1)}).items()", Kind.Text),
            1 => (item, "messages", Kind.Dict),
            2 => ($"({item}, z)", _expressions.Pick("[(1, 2), (3, 4)]", "d|items", "d|dictsort", "[[1, 'a']]"), Kind.Any),
            3 => (item, _expressions.Draw(Kind.Text, 1), Kind.Text),
            _ => (item, _expressions.Draw(Kind.List, 2), Kind.Any),
        };
        bool inLoop = _expressions.InLoop;
        string test =
            _random.Next(4) == 0
                ? $" if {_expressions.Pick(item + " is defined", item + " != 1", item, _expressions.Draw(Kind.Bool, 1))}"
                : "";
        Tag($"for {target} in {source}{test}");
        _expressions.Names[kind].Add(item);
        _expressions.InLoop = true;
        _loops++;
        Scoped(() =>
        {
            if (_random.Next(3) == 0)
            {
                Print(
                    _expressions.Pick(
                        $"loop.cycle('x', {item})",
                        "loop.previtem",
                        "loop.nextitem",
                        $"loop.changed({item})",
                        "loop",
                        "loop.index ~ '/' ~ loop.length",
                        item
                    )
                );
            }

            Body(2, depth - 1);
            if (_random.Next(5) == 0)
            {
                Tag("if " + _expressions.Draw(Kind.Bool, 1));
                Tag(_expressions.Pick("break", "continue"));
                Tag("endif");
            }
        });
        _loops--;
        _expressions.InLoop = inLoop;
        if (_random.Next(4) == 0)
        {
            Tag("else");
            Scoped(() => Body(1, depth - 1));
        }

        Tag("endfor");
    }

    private void Macro(int depth)
    {
        string name = "macro" + _names++;
        int parameters = _random.Next(3);
        string list = "";
        for (int i = 0; i < parameters; i++)
        {
            list +=
                (i == 0 ? "" : ", ") + "p" + i + (i == parameters - 1 && _random.Next(2) == 0 ? "=" + _expressions.Draw(Kind.Any, 1) : "");
        }

        Tag($"macro {name}({list})");
        (bool inLoop, int loops) = (_expressions.InLoop, _loops);
        _expressions.InLoop = false;
        _loops = 0;
        bool usesCaller = _random.Next(2) == 0;
        Scoped(() =>
        {
            for (int i = 0; i < parameters; i++)
            {
                _expressions.Names[Kind.Any].Add("p" + i);
            }

            if (usesCaller)
            {
                Print(_expressions.Pick("caller() if caller else 'no'", "caller is defined and caller()|upper", "kwargs|length ~ caller"));
            }

            if (_random.Next(4) == 0)
            {
                Print(_expressions.Pick("varargs|length", "kwargs"));
            }

            Body(2, depth - 1);
        });
        (_expressions.InLoop, _loops) = (inLoop, loops);
        Tag("endmacro");
        _expressions.Macros.Add((name, parameters, usesCaller));
        Print(
            $"{name}({string.Join(", ", new string[parameters])})"
                .Replace(", ", "1, ", StringComparison.Ordinal)
                .Replace(", )", ", 2)", StringComparison.Ordinal)
        );
    }

    private void CallBlock(int depth)
    {
        var macros = _expressions.Macros.FindAll(macro => macro.UsesCaller || _random.Next(30) == 0);
        if (macros.Count == 0)
        {
            Macro(depth - 1);
            return;
        }

        (string name, int parameters, _) = macros[_random.Next(macros.Count)];
        Tag($"call {name}({_expressions.Pick("", parameters > 0 ? "s" : "", _random.Next(4) == 0 ? "zzz=1" : "")})");
        int loops = _loops;
        _loops = 0;
        Scoped(() => Body(1, depth - 1));
        _loops = loops;
        Tag("endcall");
    }

    private void With(int depth)
    {
        string name = Name();
        Tag($"with {name} = {_expressions.Draw(Kind.Text, 1)}, t = {_expressions.Draw(Kind.Any, 1)}");
        Scoped(() =>
        {
            _expressions.Names[Kind.Text].Add(name);
            Body(2, depth - 1);
        });
        Tag("endwith");
    }

    private void Namespace(int depth)
    {
        string name = Name();
        Tag($"set {name} = namespace(text={_expressions.Draw(Kind.Text, 1)}, count=0)");
        _expressions.Names[Kind.Text].Add(name + ".text");
        _expressions.Names[Kind.Int].Add(name + ".count");
        Tag($"for i in {_expressions.Draw(Kind.List, 1)}");
        Scoped(() =>
        {
            Tag($"set {name}.count = {name}.count + 1");
            Tag($"set {name}.text = {name}.text ~ {_expressions.Pick("i", "loop.index", _expressions.Draw(Kind.Text, 1))}");
            Body(1, depth - 2);
        });
        Tag("endfor");
        Print($"{name}.text ~ {name}.count{_expressions.Pick("", " ~ " + name)}");
    }

    /// <summary>Names of the inner scope are mostly not used afterwards.</summary>
    private void Scoped(Action body)
    {
        var saved = new System.Collections.Generic.Dictionary<Kind, int>();
        foreach ((Kind kind, var names) in _expressions.Names)
        {
            saved[kind] = names.Count;
        }

        int macros = _expressions.Macros.Count;
        body();
        if (_random.Next(20) > 0)
        {
            foreach ((Kind kind, int count) in saved)
            {
                _expressions.Names[kind].RemoveRange(count, _expressions.Names[kind].Count - count);
            }

            _expressions.Macros.RemoveRange(macros, _expressions.Macros.Count - macros);
        }
    }

    private void Tag(string content) =>
        _text
            .Append("{%")
            .Append(Sign())
            .Append(' ')
            .Append(content)
            .Append(' ')
            .Append(Sign())
            .Append("%}")
            .Append(_expressions.Pick("", "", "\n"));

    private string Sign() => _expressions.Pick("", "", "", "-", "-", "+");

    private string Name() => "v" + _names++;
}

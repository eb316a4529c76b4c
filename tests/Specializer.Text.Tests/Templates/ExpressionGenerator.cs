using System;
using System.Collections.Generic;

namespace Specializer.Text.Tests.Templates;

internal enum Kind
{
    Text,
    Int,
    Float,
    Bool,
    List,
    Dict,
    Any,
}

/// <summary>Draws random expressions, mostly of the requested type, sometimes of another.</summary>
internal sealed class ExpressionGenerator(Random random)
{
    private static readonly string[] s_literals =
    [
        "''",
        "'a'",
        "'B c'",
        "\"it's\"",
        "'say \"x\"'",
        "'\\n'",
        "' pad '",
        "'<|im_start|>'",
        "'a,b,,c'",
        "'\\t\\\\'",
        "'ÄßΣ'",
        "'ὈΔΥΣΣΕΎΣ'",
        "'😀é'",
        "'12'",
        "' 3.5 '",
        "'x' 'y'",
        "'\\x41\\u00e9'",
        "'Hello World'",
        "'<b>&'",
        "'user'",
        "'role'",
        "'{}'",
        "'line1\\nline2\\r\\nline3\\n'",
        "'0'",
        "'UP low'",
    ];

    private static readonly string[] s_ints = ["0", "1", "2", "3", "-1", "-2", "7", "10", "0x1F", "1_000", "255"];

    private static readonly string[] s_floats = ["0.0", "1.5", "-2.5", "1e3", "0.1", "3.14159", "1e16", "1.5e-7", "2.0"];

    /// <summary>Variables by kind that statements define; the template's own are added to them.</summary>
    public Dictionary<Kind, List<string>> Names { get; } =
        new()
        {
            [Kind.Text] =
            [
                "s",
                "t",
                "bos_token",
                "d.name",
                "d['name']",
                "messages[0].role",
                "messages[0]['content']",
                "messages[-1].content",
                "ys[0]",
            ],
            [Kind.Int] = ["n", "m", "xs[0]", "d.count", "messages|length"],
            [Kind.Float] = ["f", "d.ratio"],
            [Kind.Bool] = ["b", "add_generation_prompt", "d.flag"],
            [Kind.List] = ["xs", "ys", "messages", "d.items_list", "tools", "mixed"],
            [Kind.Dict] = ["d", "messages[0]", "tools[0]", "tools[0].function"],
            [Kind.Any] = ["nil", "missing", "d.nothing", "messages[9]", "d.get('x')", "d['zz']", "mixed[0]", "mixed[2]"],
        };

    /// <summary>Macros that can be called: name and number of parameters.</summary>
    public List<(string Name, int Parameters, bool UsesCaller)> Macros { get; } = [];

    public bool InLoop { get; set; }

    public string Draw(Kind kind, int depth = 3)
    {
        if (random.Next(150) == 0)
        {
            kind = (Kind)random.Next(7);
        }

        if (depth <= 0)
        {
            return Leaf(kind);
        }

        return random.Next(10) switch
        {
            0 => $"({Draw(kind, depth - 1)} if {Draw(Kind.Bool, depth - 1)} else {Draw(kind, depth - 1)})",
            1 when random.Next(4) == 0 => $"({Draw(kind, depth - 1)} {Pick("and", "or")} {Draw(kind, depth - 1)})",
            1 when random.Next(6) == 0 => $"({Draw(kind, depth - 1)} if {Draw(Kind.Bool, depth - 1)})",
            2 => $"({Draw(kind, depth - 1)})|default({Draw(kind, 0)}{Pick("", ", true", ", boolean=false")})",
            _ => Operation(kind, depth - 1),
        };
    }

    public string Pick(params string[] choices) => choices[random.Next(choices.Length)];

    public string Leaf(Kind kind)
    {
        if (kind == Kind.Any)
        {
            kind = (Kind)random.Next(7);
        }

        List<string> names = Names[kind];
        if (random.Next(3) > 0)
        {
            return names[random.Next(names.Count)];
        }

        return kind switch
        {
            Kind.Text => s_literals[random.Next(s_literals.Length)],
            Kind.Int when InLoop && random.Next(2) == 0 => "loop."
                + Pick("index", "index0", "revindex", "revindex0", "length", "depth", "depth0"),
            Kind.Int => s_ints[random.Next(s_ints.Length)],
            Kind.Float => s_floats[random.Next(s_floats.Length)],
            Kind.Bool when InLoop && random.Next(2) == 0 => "loop." + Pick("first", "last"),
            Kind.Bool => Pick("true", "false", "True", "False"),
            Kind.List => Pick(
                "[]",
                "[1, 2, 3]",
                "['b', 'a', 'C']",
                "(1, 'x')",
                "('z',)",
                "[none, true, 1.5]",
                "range(4)",
                "range(5, 0, -2)",
                "[[1, 2], [3]]",
                "()"
            ),
            Kind.Dict => Pick("{}", "{'a': 1}", "{'b': 'x', 'a': none, 'C': [1]}", "{1: 'one', 2.5: true}", "dict(k=1, v='w')"),
            _ => Pick("none", "missing", "d.absent", "1", "'q'", "loop"),
        };
    }

    private string Operation(Kind kind, int depth) =>
        kind switch
        {
            Kind.Text => Text(depth),
            Kind.Int => Int(depth),
            Kind.Float => Float(depth),
            Kind.Bool => Bool(depth),
            Kind.List => List(depth),
            Kind.Dict => Pick(
                Leaf(Kind.Dict),
                $"dict({Draw(Kind.Dict, depth)}, extra={Draw(Kind.Any, depth)})",
                $"{{'k': {Draw(Kind.Any, depth)}, {Draw(Kind.Text, 0)}: {Draw(Kind.Any, depth)}}}"
            ),
            _ => Draw((Kind)random.Next(6), depth),
        };

    private string Text(int depth)
    {
        string text = Draw(Kind.Text, depth);
        switch (random.Next(26))
        {
            case 0:
                return $"{text} + {Draw(Kind.Text, depth)}";
            case 1:
                return $"({text} ~ {Draw(Kind.Any, depth)} ~ {Leaf(Kind.Any)})";
            case 2:
                return $"({text})[{Slice(depth)}]";
            case 3:
                return $"({text})[{Draw(Kind.Int, depth)}]";
            case 4:
                return $"({text}).{Pick("strip", "lstrip", "rstrip")}({Pick("", "", Leaf(Kind.Text), "' \\n'", "none")})";
            case 5:
                return $"({text}).{Pick("upper", "lower", "title", "capitalize", "strip")}()";
            case 6:
                return $"({text}).replace({Leaf(Kind.Text)}, {Leaf(Kind.Text)}{Pick("", "", ", 1")})";
            case 7:
                return $"({text})|{Pick("trim", "upper", "lower", "capitalize", "title", "string", "trim('a')", "reverse", "safe", "e", "first", "last", "urlencode")}";
            case 8:
                return $"({text})|replace({Leaf(Kind.Text)}, {Leaf(Kind.Any)}{Pick("", ", 1", ", count=2")})";
            case 9:
                return $"({Draw(Kind.List, depth)})|join({Pick("", "', '", "'\\n'", Leaf(Kind.Text))})";
            case 10:
                return $"({Draw(Kind.Any, depth)})|tojson{Pick("", "", "(indent=2)", "(indent=4, sort_keys=true)", "(ensure_ascii=true)", "(separators=(',', ':'))", "(indent='\\t')")}";
            case 11:
                return $"({Draw(Kind.Any, depth)})|string";
            case 12:
                return $"({text})|indent({Pick("", "2", "width=3, first=true", "4, true, true", "'> '")})";
            case 13:
                return $"'%s-%s' % ({Draw(Kind.Any, depth)}, {Leaf(Kind.Any)})";
            case 14:
                return $"({Pick("'%05d|%x'", "'%.2f %s'", "'%-6s|%3s'", "'%+d %r'", "'%e %g'")})|format({Draw(Kind.Any, depth)}, {Leaf(Kind.Int)})";
            case 15:
                return $"({Pick("'{} {}'", "'{1}-{0}'", "'{0!r:>8}{1:<5}'", "'{:>6}|{:^7}'")}).format({Draw(Kind.Any, depth)}, {Leaf(Kind.Text)})";
            case 16:
                return $"({text}).split({Pick("", "','", "' '", "'\\n'", "none, 1", "'a', 1")})[{Pick("0", "-1", "1")}]";
            case 17:
                return $"({text}) * {Pick("0", "2", "3", "-1", Leaf(Kind.Int))}";
            case 18:
                return $"({Leaf(Kind.Text)}).join(({Draw(Kind.List, depth)}){Pick("|map('string')", "|map('string')", "|map('string')", "")})";
            case 19:
                return $"({text}).{Pick("center(9)", "ljust(8, '*')", "rjust(7)", "zfill(6)", "partition(' ')[0]", "rpartition('a')[2]", "removeprefix('a')", "removesuffix('d')")}";
            case 20:
                return $"({text})|truncate({Pick("3, true, ''", "9", "8, false, '..', 0", "5, leeway=1, end='-'")})";
            case 21:
                return $"({Draw(Kind.Any, depth)})|{Pick("default('none!')", "d('x', true)", "string|upper", "string|trim", "string|title")}";
            case 22 when Macros.Count > 0:
                return Call(depth);
            case 23:
                return $"({text})|center({Pick("12", "3", "width=9")})";
            case 24:
                return $"strftime_now({Pick("'%d %b %Y'", "'%Y-%m-%d %H:%M:%S'", "'%-d %B, %A %j'", "'%y%%%p'")})";
            default:
                return text;
        }
    }

    private string Call(int depth)
    {
        (string name, int parameters, _) = Macros[random.Next(Macros.Count)];
        List<string> arguments = [];
        int count = Math.Max(0, parameters - random.Next(2));
        for (int i = 0; i < count; i++)
        {
            arguments.Add(i == count - 1 && random.Next(3) == 0 ? $"p{i}={Draw(Kind.Any, depth)}" : Draw(Kind.Any, depth));
        }

        return $"{name}({string.Join(", ", arguments)})";
    }

    private string Int(int depth) =>
        random.Next(10) switch
        {
            0 => $"({Draw(Kind.Int, depth)} {Pick("+", "-", "*")} {Draw(Kind.Int, depth)})",
            1 => $"({Draw(Kind.Int, depth)} {Pick("//", "%")} {Pick("3", "-2", "7", Leaf(Kind.Int))})",
            2 => $"({Draw(Pick2(Kind.List, Kind.Text), depth)})|{Pick("length", "count")}",
            3 => $"({Draw(Kind.Any, depth)})|int{Pick("", "(5)", "(default=-1)", "(0, 16)")}",
            4 => $"-{Leaf(Kind.Int)}",
            5 => $"({Draw(Kind.Text, depth)}).{Pick("count", "find", "rfind")}({Leaf(Kind.Text)})",
            6 => $"({Draw(Kind.List, depth)})|{Pick("sum", "max", "min", "first", "last")}",
            7 when random.Next(2) == 0 => $"({Draw(Kind.Text, depth)})|wordcount",
            7 => $"({Draw(Kind.Int, depth)})|abs",
            8 => $"2 ** {Pick("3", "2 ** 2", "10", "-1")}",
            _ => Leaf(Kind.Int),
        };

    private string Float(int depth) =>
        random.Next(6) switch
        {
            0 => $"({Draw(Kind.Float, depth)} {Pick("+", "-", "*", "/", "//", "%")} {Draw(Pick2(Kind.Int, Kind.Float), depth)})",
            1 => $"({Draw(Kind.Int, depth)} / {Pick("2", "3", "8", Leaf(Kind.Int))})",
            2 => $"({Draw(Kind.Any, depth)})|float{Pick("", "(1.5)")}",
            3 => $"({Draw(Kind.Float, depth)})|round{Pick("", "(1)", "(2, 'floor')", "(1, method='ceil')", "(-1)")}",
            4 => $"({Draw(Kind.Float, depth)})|abs",
            _ => Leaf(Kind.Float),
        };

    private string Bool(int depth) =>
        random.Next(12) switch
        {
            0 =>
                $"{Draw(Pick2(Kind.Int, Kind.Float), depth)} {Pick("<", ">", "<=", ">=", "==", "!=")} {Draw(Pick2(Kind.Int, Kind.Float), depth)}",
            1 => $"({Draw(Kind.Any, depth)} {Pick("==", "!=")} {Draw(Kind.Any, depth)})",
            2 => $"{Leaf(Kind.Text)} {Pick("in", "not in")} ({Draw(Pick2(Kind.Text, Kind.List), depth)})",
            3 => $"{Leaf(Kind.Text)} {Pick("in", "not in")} {Leaf(Kind.Dict)}",
            4 =>
                $"(({Draw(Kind.Any, depth)}) is {Pick("", "not ")}{Pick("defined", "undefined", "none", "string", "number", "integer", "float", "mapping", "iterable", "sequence", "boolean", "true", "false", "callable", "escaped", "lower", "upper")})",
            5 =>
                $"(({Draw(Kind.Int, depth)}) is {Pick("odd", "even", "divisibleby 3", "divisibleby(2)", "eq 1", "gt 2", "in xs", "sameas 1")})",
            6 => $"(not {Draw(Kind.Any, depth)})",
            7 => $"({Draw(Kind.Bool, depth)} {Pick("and", "or")} {Draw(Kind.Bool, depth)})",
            8 => $"({Leaf(Kind.Int)} < {Leaf(Kind.Int)} <= {Leaf(Kind.Int)})",
            9 => $"({Draw(Kind.Text, depth)}).{Pick("startswith", "endswith")}({Pick("'a'", "('x', '<')", Leaf(Kind.Text))})",
            10 =>
                $"({Draw(Kind.Text, depth)}).{Pick("isdigit", "isalpha", "isupper", "islower", "isspace", "istitle", "isalnum", "isnumeric", "isascii")}()",
            _ => $"{Draw(Kind.Text, depth)} {Pick("==", "<", ">", "!=")} {Draw(Kind.Text, depth)}",
        };

    private string List(int depth)
    {
        string list = Draw(Kind.List, depth);
        return random.Next(18) switch
        {
            0 => $"[{Draw(Kind.Any, depth)}, {Draw(Kind.Any, depth)}]",
            1 => $"({list})[{Slice(depth)}]",
            2 => $"{list} + {Draw(Kind.List, depth)}",
            3 =>
                $"({list})|{Pick("list", "reverse|list", "unique|list", "sort", "sort(reverse=true)", "sort(case_sensitive=true)", "batch(2)|list", "batch(2, 0)|list", "slice(2)|list", "slice(3, 'f')|list")}",
            4 =>
                $"({list})|map({Pick("'string'", "'upper'", "attribute='role'", "attribute='content', default='?'", "'default', 'x'", "'length'", "'int'", "'trim'")})|list",
            5 =>
                $"({list})|{Pick("select", "reject")}({Pick("", "'string'", "'number'", "'none'", "'equalto', 1", "'in', [1, 'a']", "'defined'", "'odd'")})|list",
            6 =>
                $"(messages)|{Pick("selectattr", "rejectattr")}({Pick("'role', 'equalto', 'user'", "'tool_calls'", "'tool_calls', 'defined'", "'content', 'string'", "'role', 'in', ['user', 'tool']", "'role', '==', 'assistant'")})|list",
            7 =>
                $"({Draw(Kind.Dict, depth)})|{Pick("items|list", "dictsort", "dictsort(reverse=true)", "dictsort(by='value')", "list", "length")}",
            8 => $"({Draw(Kind.Dict, depth)}).{Pick("items", "keys", "values")}()|list",
            9 =>
                $"({Draw(Kind.Text, depth)}).{Pick("split()", "split(',')", "splitlines()", "rsplit(' ', 1)", "split('a')", "partition(',')", "splitlines(true)")}",
            10 => $"({Draw(Kind.Text, depth)})|list",
            11 => $"({list}) * {Pick("2", "0", "1")}",
            12 => $"range({Draw(Kind.Int, 0)})|list",
            13 => $"messages|map(attribute={Pick("'role'", "'content'", "'tool_calls'", "'content.0'")})|list",
            14 => $"({Draw(Kind.Dict, depth)}).{Pick("items", "keys", "values")}()",
            15 => $"messages|sort(attribute='role')|map(attribute='content')|list",
            16 => $"range({Pick("3", "1, 6, 2", "4, -1, -1")})",
            _ => list,
        };
    }

    private string Slice(int depth) =>
        Pick(
            ":",
            "::-1",
            "1:",
            ":-1",
            ":2",
            "::2",
            "-2:",
            "1:3",
            "3:0:-1",
            $"{Draw(Kind.Int, depth)}:",
            $":{Draw(Kind.Int, depth)}",
            "none:none:none",
            "5:",
            ":0",
            "-100:100:3"
        );

    private Kind Pick2(Kind first, Kind second) => random.Next(2) == 0 ? first : second;
}

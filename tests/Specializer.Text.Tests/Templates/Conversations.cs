using System.Collections.Generic;
using System.Text.Json.Nodes;

namespace Specializer.Text.Tests.Templates;

/// <summary>Conversations of every kind that published templates distinguish.</summary>
internal static class Conversations
{
    private const string Tools = """
        [{"type":"function","function":{"name":"get_weather","description":"Gets the weather of a city. It's \"local\".","parameters":{"type":"object",
        "properties":{"city":{"type":"string","description":"The city, e.g. Zürich"},"unit":{"type":"string","enum":["celsius","fahrenheit"],"default":"celsius"},
        "days":{"type":"integer","minimum":1},"flags":{"type":"array","items":{"type":"string"}},"where":{"type":"object","properties":{"lat":{"type":"number"}},
        "required":["lat"]},"any":{"anyOf":[{"type":"string"},{"type":"null"}]},"nullable":{"type":["string","null"],"nullable":true}},"required":["city"]},
        "return":{"type":"object","description":"The weather"}}},
        {"type":"function","function":{"name":"noop","description":"Does nothing","parameters":{"type":"object","properties":{}}}}]
        """;

    private const string Call = """
        {"type":"function","id":"call12345","function":{"name":"get_weather","arguments":{"city":"Zürich \"Altstadt\"","days":2,"flags":["a","b"],"where":{"lat":47.5},"dry":true,"none":null}}}
        """;

    private static readonly (string Name, string Messages, bool WithTools)[] s_conversations =
    [
        ("user", """[{"role":"user","content":"Hello <|im_start|> there"}]""", false),
        ("system and user", """[{"role":"system","content":" Be brief.\n"},{"role":"user","content":"  Hi 😀\n"}]""", false),
        (
            "turns",
            """[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello! "},{"role":"user","content":"1+1?"},{"role":"assistant","content":"2"},{"role":"user","content":"Danke"}]""",
            false
        ),
        (
            "system and turns",
            """[{"role":"system","content":"S"},{"role":"user","content":"Hi"},{"role":"assistant","content":"<think>hm</think>\n\nHello"},{"role":"user","content":"/no_think More"},{"role":"assistant","content":"End"}]""",
            false
        ),
        (
            "reasoning",
            """[{"role":"user","content":"Why?"},{"role":"assistant","reasoning_content":"I think.\n","thinking":"I think.\n","content":"Because."},{"role":"user","content":"And?"},{"role":"assistant","reasoning_content":"More.","thinking":"More.","content":"So."}]""",
            false
        ),
        ("tools", """[{"role":"system","content":"Use tools."},{"role":"user","content":"Weather?"}]""", true),
        ("tools without system", """[{"role":"user","content":"Weather?"}]""", true),
        ("tool call", $$"""[{"role":"user","content":"Weather?"},{"role":"assistant","content":null,"tool_calls":[{{Call}}]}]""", true),
        (
            "tool call and text",
            $$"""[{"role":"user","content":"Weather?"},{"role":"assistant","content":"Let me see.","tool_calls":[{{Call}}]},{"role":"tool","name":"get_weather","tool_call_id":"call12345","content":"{\"t\": 21.5}"}]""",
            true
        ),
        (
            "tool answer",
            $$"""[{"role":"system","content":"S"},{"role":"user","content":"Weather?"},{"role":"assistant","content":"","tool_calls":[{{Call}}]},{"role":"tool","name":"get_weather","tool_call_id":"call12345","content":"21 °C"},{"role":"assistant","content":"It is 21 °C."},{"role":"user","content":"Thanks"}]""",
            true
        ),
        (
            "two calls",
            $$"""[{"role":"user","content":"Both"},{"role":"assistant","content":"","tool_calls":[{{Call}},{{Call}}]},{"role":"tool","name":"get_weather","tool_call_id":"call12345","content":"a"},{"role":"tool","name":"get_weather","tool_call_id":"call12345","content":"b"}]""",
            true
        ),
        (
            "two calls in turns",
            $$"""[{"role":"user","content":"Go"},{"role":"assistant","content":"","tool_calls":[{{Call}}]},{"role":"tool","name":"get_weather","tool_call_id":"call12345","content":"a"},{"role":"assistant","content":"x","thinking":"t","reasoning_content":"t","tool_calls":[{{Call}}]},{"role":"tool","name":"get_weather","tool_call_id":"call12345","content":"b"}]""",
            true
        ),
        (
            "arguments as text",
            """[{"role":"user","content":"Go"},{"role":"assistant","content":"","tool_calls":[{"type":"function","id":"call12345","function":{"name":"noop","arguments":"{\"a\": 1}"}}]},{"role":"tool","name":"noop","tool_call_id":"call12345","content":{"ok":true}}]""",
            true
        ),
        (
            "parts",
            """[{"role":"system","content":[{"type":"text","text":"Look."}]},{"role":"user","content":[{"type":"image"},{"type":"text","text":"What is it?"}]},{"role":"assistant","content":[{"type":"text","text":"A cat"}]},{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]""",
            false
        ),
        ("assistant first", """[{"role":"assistant","content":"I begin"},{"role":"user","content":"No"}]""", false),
        ("two users", """[{"role":"user","content":"a"},{"role":"user","content":"b"}]""", false),
        ("developer", """[{"role":"developer","content":"Rules"},{"role":"user","content":"a"}]""", true),
        ("unknown role", """[{"role":"critic","content":"Hm"},{"role":"user","content":"a"}]""", false),
        ("empty", "[]", false),
        (
            "ipython",
            """[{"role":"user","content":"run"},{"role":"assistant","content":"x = 1"},{"role":"ipython","content":"{\"output\": 1}"}]""",
            true
        ),
    ];

    private static readonly string[] s_settings =
    [
        "{}",
        """{"enable_thinking":false,"thinking":true,"reasoning_effort":"high","builtin_tools":["browser","python","wolfram_alpha"],"thinking_budget":512,"tools_in_user_message":false}""",
        """{"enable_thinking":true,"xml_tools":[],"python_tools":[],"custom_instructions":"Mind \"this\".","date_string":"01 Jan 2025","documents":[{"title":"T","text":"Body","doc_id":1}],"preserve_thinking":true}""",
    ];

    /// <summary>Each conversation with and without tools, generation prompt and settings, as the variables of transformers.</summary>
    public static IEnumerable<(string Name, JsonObject Variables)> All()
    {
        foreach ((string name, string messages, bool withTools) in s_conversations)
        {
            for (int setting = 0; setting < s_settings.Length; setting++)
            {
                foreach (bool prompt in new[] { false, true })
                {
                    JsonObject variables = JsonNode.Parse(s_settings[setting])!.AsObject();
                    variables["messages"] = JsonNode.Parse(messages);
                    variables["tools"] = withTools ? JsonNode.Parse(Tools) : null;
                    variables["documents"] = variables["documents"]?.DeepClone();
                    variables["add_generation_prompt"] = prompt;
                    variables["bos_token"] = "<s>";
                    variables["eos_token"] = "</s>";
                    variables["pad_token"] = "<pad>";
                    variables["unk_token"] = "<unk>";
                    yield return ($"{name}, setting {setting}, prompt {prompt}", variables);
                }
            }
        }
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace Specializer.Serving;

/// <summary>A call of a tool in an answer.</summary>
/// <param name="Name">The name of the tool.</param>
/// <param name="Arguments">The arguments, a JSON object.</param>
public sealed record ToolCall(string Name, JsonElement Arguments);

/// <summary>A part of an answer: text, reasoning, or a call of a tool.</summary>
/// <param name="Text">The text of the answer or of its reasoning; empty for a call.</param>
/// <param name="IsReasoning">Whether the text is reasoning.</param>
/// <param name="Call">The call, or null.</param>
public readonly record struct AnswerPart(string Text, bool IsReasoning = false, ToolCall? Call = null);

/// <summary>
/// Separates the text of a chat model into text, reasoning and calls of tools, while the text arrives. The division of the text into
/// updates has no effect on the result. This class is not thread-safe.
/// </summary>
/// <remarks>
/// Reasoning is between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>. Calls have the syntax of the model families. It is JSON between
/// <c>&lt;tool_call&gt;</c> and <c>&lt;/tool_call&gt;</c> (Hermes, Qwen, SmolLM3), or JSON that is the whole answer (Llama 3, Mistral). JSON
/// has a name and, as arguments or parameters, an object. Text that is no call is returned unchanged.
/// </remarks>
public sealed class AnswerReader
{
    private const string ThinkStart = "<think>",
        ThinkEnd = "</think>",
        CallStart = "<tool_call>",
        CallEnd = "</tool_call>";

    private readonly bool _hasTools;
    private string _pending = "";
    private bool _isReasoning;
    private bool _isCall;
    private bool _isBegun;
    private bool _isJson;

    /// <summary>Creates a reader.</summary>
    /// <param name="hasTools">Whether the model was given tools; without, a call is text.</param>
    /// <param name="startsWithReasoning">Whether the prompt ends with the start of reasoning, so that the answer continues it.</param>
    public AnswerReader(bool hasTools = false, bool startsWithReasoning = false)
    {
        _hasTools = hasTools;
        _isReasoning = startsWithReasoning;
    }

    /// <summary>Gets whether a call was read.</summary>
    public bool HasCalls { get; private set; }

    /// <summary>Takes text.</summary>
    /// <param name="text">The next part of the answer.</param>
    /// <returns>The parts that are final.</returns>
    public IReadOnlyList<AnswerPart> Append(string text)
    {
        _pending += text;
        var parts = new List<AnswerPart>();
        while (TryTake(parts)) { }

        return parts;
    }

    /// <summary>Ends the answer.</summary>
    /// <returns>The parts that were retained. An incomplete call is text.</returns>
    public IReadOnlyList<AnswerPart> Complete()
    {
        var parts = new List<AnswerPart>();
        if (_isJson && TryReadCalls(_pending, parts))
        {
            _pending = "";
        }

        string rest = _isCall ? CallStart + _pending : _pending;
        Add(parts, rest);
        _pending = "";
        _isCall = false;
        return parts;
    }

    /// <summary>Takes what is final from the pending text.</summary>
    /// <returns>Whether more can be final.</returns>
    private bool TryTake(List<AnswerPart> parts)
    {
        if (_pending.Length == 0 || _isJson)
        {
            return false;
        }

        if (_isCall)
        {
            return TryTakeCall(parts);
        }

        if (!_isBegun && !_isReasoning)
        {
            // White space before a call or before reasoning is part of its syntax, so that it is decided later.
            string start = _pending.TrimStart();
            if (start.Length == 0)
            {
                return false;
            }

            if (_hasTools && (start[0] is '{' or '[') && !HasCalls)
            {
                _isJson = true;
                return false;
            }
        }

        string[] marks =
            _isReasoning ? [ThinkEnd]
            : _hasTools ? [ThinkStart, CallStart]
            : [ThinkStart];
        int at = -1;
        string found = "";
        foreach (string mark in marks)
        {
            int index = _pending.IndexOf(mark, StringComparison.Ordinal);
            if (index >= 0 && (at < 0 || index < at))
            {
                (at, found) = (index, mark);
            }
        }

        if (at < 0)
        {
            int held = Held(_pending, marks);
            if (!_isReasoning)
            {
                // White space before a mark is part of the syntax.
                held = _pending.Length - _pending.AsSpan(0, _pending.Length - held).TrimEnd().Length;
            }

            Add(parts, _pending[..^held]);
            _pending = _pending[^held..];
            return false;
        }

        string before = _pending[..at];
        Add(parts, found == ThinkStart || found == CallStart ? before.TrimEnd() : before);
        _pending = _pending[(at + found.Length)..];
        _isReasoning = found == ThinkStart;
        _isCall = found == CallStart;
        if (found == ThinkEnd)
        {
            // The line breaks after reasoning separate it from the answer.
            _isBegun = false;
        }

        return true;
    }

    private bool TryTakeCall(List<AnswerPart> parts)
    {
        int end = _pending.IndexOf(CallEnd, StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        string json = _pending[..end];
        _pending = _pending[(end + CallEnd.Length)..];
        _isCall = false;
        if (!TryReadCalls(json, parts))
        {
            Add(parts, CallStart + json + CallEnd);
        }
        else
        {
            _isBegun = false;
            HasOpened = true;
        }

        return true;
    }

    private bool TryReadCalls(string json, List<AnswerPart> parts)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            var calls = new List<AnswerPart>();
            bool isRead =
                root.ValueKind == JsonValueKind.Array
                    ? root.GetArrayLength() > 0 && root.EnumerateArray().All(element => TryReadCall(element, calls))
                    : TryReadCall(root, calls);
            if (isRead)
            {
                parts.AddRange(calls);
                HasCalls = true;
            }

            return isRead;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryReadCall(JsonElement element, List<AnswerPart> calls)
    {
        if (
            element.ValueKind != JsonValueKind.Object
            || !element.TryGetProperty("name", out JsonElement name)
            || name.ValueKind != JsonValueKind.String
            || TextOf(name) is not { } text
            || !(element.TryGetProperty("arguments", out JsonElement arguments) || element.TryGetProperty("parameters", out arguments))
            || arguments.ValueKind != JsonValueKind.Object
        )
        {
            return false;
        }

        calls.Add(new AnswerPart("", Call: new ToolCall(text, arguments.Clone())));
        return true;
    }

    // A model can write an escape of a lone surrogate, which is valid JSON and no valid text.
    private static string? TextOf(JsonElement name)
    {
        try
        {
            return name.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private void Add(List<AnswerPart> parts, string text)
    {
        if (!_isBegun && !_isReasoning && HasOpened)
        {
            text = text.TrimStart();
        }

        if (text.Length > 0)
        {
            _isBegun |= !_isReasoning;
            parts.Add(new AnswerPart(text, _isReasoning));
            HasOpened |= _isReasoning;
        }
    }

    /// <summary>Gets or sets whether reasoning or a call precedes, after which white space separates.</summary>
    private bool HasOpened { get; set; }

    /// <summary>Returns the length of the longest end of a text that can begin a mark.</summary>
    private static int Held(string text, string[] marks)
    {
        int held = 0;
        foreach (string mark in marks)
        {
            for (int length = Math.Min(mark.Length - 1, text.Length); length > held; length--)
            {
                held = text.EndsWith(mark[..length], StringComparison.Ordinal) ? length : held;
            }
        }

        return held;
    }
}

using System;
using System.IO;
using System.Linq;

namespace Specializer.Text.Tests.Oracles;

/// <summary>Hugging Face's own library, version 0.22.2, in this process (package Tokenizers.DotNet 1.4.1): ids with special tokens, text without.</summary>
internal sealed class LibraryOracle : IDisposable
{
    private readonly Tokenizers.DotNet.Tokenizer _tokenizer;

    public LibraryOracle(string json)
    {
        string path = Path.Combine(Path.GetTempPath(), $"specializer-text-{Environment.ProcessId}-{Guid.NewGuid():N}.json");
        File.WriteAllText(path, json);
        try
        {
            _tokenizer = new Tokenizers.DotNet.Tokenizer(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Why it cannot be asked; null on x86-64 Linux.</summary>
    public static string? SkipReason =>
        OperatingSystem.IsLinux()
        && System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64
            ? null
            : "The package Tokenizers.DotNet.runtime.linux-x64 has the library for x86-64 Linux only.";

    /// <summary>The ids, or null if the library reports an error.</summary>
    public int[]? Encode(string text)
    {
        try
        {
            return [.. _tokenizer.Encode(text).Select(id => (int)id)];
        }
        catch (Tokenizers.DotNet.TokenizerException)
        {
            return null;
        }
    }

    /// <summary>How many tokens a text has, without copying them.</summary>
    public int Count(string text) => _tokenizer.Encode(text).Length;

    public string? Decode(int[] ids)
    {
        try
        {
            return _tokenizer.Decode([.. ids.Select(id => (uint)id)]);
        }
        catch (Tokenizers.DotNet.TokenizerException)
        {
            return null;
        }
    }

    public void Dispose() => _tokenizer.Dispose();
}

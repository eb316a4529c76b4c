using System;
using System.IO;
using Specializer.Text.Reading;

namespace Specializer.Text;

public sealed partial class Tokenizer
{
    /// <summary>Reads a tokenizer.json.</summary>
    /// <param name="json">The file's content.</param>
    /// <exception cref="TokenizerException">The file is malformed, or asks for what is not supported.</exception>
    public static Tokenizer FromJson(ReadOnlyMemory<byte> json) => new(TokenizerJsonReader.Read(json));

    /// <summary>Reads a tokenizer.json from a stream, such as an embedded resource.</summary>
    /// <param name="json">The stream, which is read to its end and not closed.</param>
    /// <inheritdoc cref="FromJson(ReadOnlyMemory{byte})"/>
    public static Tokenizer FromJson(Stream json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return FromJson(ReadAll(json));
    }

    /// <summary>Reads a SentencePiece .model (Unigram or BPE). It encodes as SentencePiece does: control symbols are not found in text.</summary>
    /// <param name="model">The file's content.</param>
    /// <inheritdoc cref="FromJson(ReadOnlyMemory{byte})"/>
    public static Tokenizer FromSentencePiece(ReadOnlySpan<byte> model) => new(SentencePieceReader.Read(model));

    /// <summary>Reads a tiktoken file: lines of a token in base64 and its rank, which is its id.</summary>
    /// <param name="ranks">The file's content.</param>
    /// <param name="encoding">The split pattern and the special tokens.</param>
    /// <inheritdoc cref="FromJson(ReadOnlyMemory{byte})"/>
    public static Tokenizer FromTiktoken(ReadOnlySpan<byte> ranks, TiktokenEncoding encoding)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        return new(TiktokenReader.Read(ranks, encoding));
    }

    /// <summary>
    /// Reads what a model's folder has: tokenizer.json; else vocab.json and merges.txt (GPT-2, RoBERTa), vocab.txt (BERT), source.spm with
    /// vocab.json (Marian), or a SentencePiece .model, with the pipeline that the library transformers builds from its configuration files.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="TokenizerException">There is no tokenizer, or its files are malformed or ask for what is not supported.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static Tokenizer Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new(FolderReader.Read(folder));
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}

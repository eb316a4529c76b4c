using System;
using System.IO;
using Specializer.Text.Reading;

namespace Specializer.Text;

public sealed partial class Tokenizer
{
    /// <summary>Reads a tokenizer.json.</summary>
    /// <param name="json">The content of the file.</param>
    /// <exception cref="TokenizerException">The file is malformed or uses an unsupported feature.</exception>
    public static Tokenizer FromJson(ReadOnlyMemory<byte> json) => new(TokenizerJsonReader.Read(json));

    /// <summary>Reads a tokenizer.json from a stream, such as an embedded resource.</summary>
    /// <param name="json">The stream. It is read to the end and not closed.</param>
    /// <inheritdoc cref="FromJson(ReadOnlyMemory{byte})"/>
    public static Tokenizer FromJson(Stream json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return FromJson(ReadAll(json));
    }

    /// <summary>
    /// Reads a SentencePiece .model (Unigram or BPE). It encodes like SentencePiece, which does not recognize control symbols in
    /// text.
    /// </summary>
    /// <param name="model">The content of the file.</param>
    /// <inheritdoc cref="FromJson(ReadOnlyMemory{byte})"/>
    public static Tokenizer FromSentencePiece(ReadOnlySpan<byte> model) => new(SentencePieceReader.Read(model));

    /// <summary>Reads a tiktoken file. Each line contains a token in base64 and its rank, which is its id.</summary>
    /// <param name="ranks">The content of the file.</param>
    /// <param name="encoding">The split pattern and the special tokens.</param>
    /// <inheritdoc cref="FromJson(ReadOnlyMemory{byte})"/>
    public static Tokenizer FromTiktoken(ReadOnlySpan<byte> ranks, TiktokenEncoding encoding)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        return new(TiktokenReader.Read(ranks, encoding));
    }

    /// <summary>
    /// Loads the tokenizer of a model folder. It reads tokenizer.json if present. Otherwise it reads vocab.json and merges.txt
    /// (GPT-2, RoBERTa), vocab.txt (BERT), source.spm with vocab.json (Marian), or a SentencePiece .model. For these formats it
    /// builds the pipeline that transformers builds from the configuration files. A GGUF file contains its tokenizer.
    /// </summary>
    /// <param name="folder">The folder, or a GGUF file.</param>
    /// <exception cref="TokenizerException">
    /// The folder has no tokenizer, or its files are malformed or use an unsupported feature.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static Tokenizer Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new(GgufTokenizerReader.IsGguf(folder) ? GgufTokenizerReader.Read(folder) : FolderReader.Read(folder));
    }

    /// <summary>Loads the tokenizer of a model folder, if it has one.</summary>
    /// <param name="folder">The folder, or a GGUF file.</param>
    /// <returns>The tokenizer; null if the folder has none.</returns>
    /// <exception cref="TokenizerException">The files are malformed or use an unsupported feature.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static Tokenizer? TryLoad(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        TokenizerParts? found = GgufTokenizerReader.IsGguf(folder) ? GgufTokenizerReader.ReadIfAny(folder) : FolderReader.ReadIfAny(folder);
        return found is { } parts ? new Tokenizer(parts) : null;
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}

using System;
using System.Collections.Generic;
using System.Text;

namespace Specializer.Text.Reading;

/// <summary>Specifies the type of a piece in a SentencePiece model.</summary>
internal enum PieceType
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>The contents of a SentencePiece .model (sentencepiece_model.proto).</summary>
internal sealed class SentencePieceFile
{
    private SentencePieceFile() { }

    public List<(byte[] Text, float Score, PieceType Type)> Pieces { get; } = [];

    /// <summary>The type: 1 is Unigram, 2 BPE, 3 words, 4 characters.</summary>
    public int ModelType { get; private set; } = 1;

    public bool ByteFallback { get; private set; }

    public bool SpaceAsSuffix { get; private set; }

    public string UnknownSurface { get; private set; } = " \u2047 ";

    public byte[] CharacterMap { get; private set; } = [];

    public bool AddDummyPrefix { get; private set; } = true;

    public bool RemoveExtraSpaces { get; private set; } = true;

    public bool EscapeSpaces { get; private set; } = true;

    /// <summary>The index of the piece for unknown text.</summary>
    public int Unknown { get; private set; } = -1;

    /// <summary>Creates the contents from the lists of another format.</summary>
    /// <param name="pieces">The pieces by id.</param>
    /// <param name="modelType">1 for Unigram, 2 for BPE.</param>
    /// <param name="unknown">The index of the piece for unknown text.</param>
    /// <param name="options">The normalization.</param>
    public static SentencePieceFile Of(
        List<(byte[] Text, float Score, PieceType Type)> pieces,
        int modelType,
        int unknown,
        (byte[] CharacterMap, bool AddDummyPrefix, bool RemoveExtraSpaces) options
    )
    {
        var file = new SentencePieceFile
        {
            ModelType = modelType,
            Unknown = unknown,
            CharacterMap = options.CharacterMap,
            AddDummyPrefix = options.AddDummyPrefix,
            RemoveExtraSpaces = options.RemoveExtraSpaces,
            ByteFallback = pieces.Exists(static piece => piece.Type == PieceType.Byte),
        };
        file.Pieces.AddRange(pieces);
        return file;
    }

    public static SentencePieceFile Read(ReadOnlySpan<byte> data)
    {
        var file = new SentencePieceFile();
        try
        {
            var reader = new ProtobufReader(data);
            while (reader.Read())
            {
                switch (reader.Field, reader.WireType)
                {
                    case (1, 2):
                        file.ReadPiece(reader.Content);
                        break;
                    case (2, 2):
                        file.ReadTrainer(reader.Content);
                        break;
                    case (3, 2):
                        file.ReadNormalizer(reader.Content);
                        break;
                }
            }
        }
        catch (FormatException exception)
        {
            throw new TokenizerException("SentencePiece model", exception.Message, exception);
        }

        return file.Unknown >= 0 ? file : throw new TokenizerException("SentencePiece model", "no piece represents unknown text");
    }

    private void ReadPiece(ReadOnlySpan<byte> data)
    {
        byte[] text = [];
        float score = 0;
        var type = PieceType.Normal;
        var reader = new ProtobufReader(data);
        while (reader.Read())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 2):
                    text = reader.Content.ToArray();
                    break;
                case (2, 5):
                    score = reader.Single;
                    break;
                case (3, 0):
                    type = (PieceType)reader.Number;
                    break;
            }
        }

        string place = $"SentencePiece model, piece {Pieces.Count}";
        if (text.Length == 0 || !System.Text.Unicode.Utf8.IsValid(text))
        {
            throw new TokenizerException(place, "its text is empty or not valid UTF-8");
        }

        if (!float.IsFinite(score) || type is < PieceType.Normal or > PieceType.Byte)
        {
            throw new TokenizerException(
                place,
                $"its score is {score} and its type {(int)type}; expected a finite score and a type from 1 to 6"
            );
        }

        if (type == PieceType.Unknown)
        {
            Unknown = Unknown < 0 ? Pieces.Count : throw new TokenizerException(place, "a second piece represents unknown text");
        }

        Pieces.Add((text, score, type));
    }

    private void ReadTrainer(ReadOnlySpan<byte> data)
    {
        var reader = new ProtobufReader(data);
        while (reader.Read())
        {
            switch (reader.Field, reader.WireType)
            {
                case (3, 0):
                    ModelType = reader.Number;
                    break;
                case (24, 0):
                    SpaceAsSuffix = reader.Value != 0;
                    break;
                case (35, 0):
                    ByteFallback = reader.Value != 0;
                    break;
                case (44, 2):
                    UnknownSurface = Encoding.UTF8.GetString(reader.Content);
                    break;
            }
        }
    }

    private void ReadNormalizer(ReadOnlySpan<byte> data)
    {
        var reader = new ProtobufReader(data);
        while (reader.Read())
        {
            switch (reader.Field, reader.WireType)
            {
                case (2, 2):
                    CharacterMap = reader.Content.ToArray();
                    break;
                case (3, 0):
                    AddDummyPrefix = reader.Value != 0;
                    break;
                case (4, 0):
                    RemoveExtraSpaces = reader.Value != 0;
                    break;
                case (5, 0):
                    EscapeSpaces = reader.Value != 0;
                    break;
            }
        }
    }
}

using System;

namespace Pronounce;

/// <summary>
/// The exception for errors that the user can fix: a word, an option or a missing file. Only its message, a single line, is
/// printed.
/// </summary>
internal sealed class PronounceException(string message) : Exception(message);

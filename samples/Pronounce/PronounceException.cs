using System;

namespace Pronounce;

/// <summary>What the user can mend: a word, an option or a missing file. The message is one line and is all that is shown.</summary>
internal sealed class PronounceException(string message) : Exception(message);

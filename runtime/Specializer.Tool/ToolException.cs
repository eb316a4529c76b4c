using System;

namespace Specializer.Tool;

/// <summary>What the user has to mend; its message is all that is shown.</summary>
internal sealed class ToolException(string message) : Exception(message);

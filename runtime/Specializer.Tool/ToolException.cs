using System;

namespace Specializer.Tool;

/// <summary>The exception for errors of the user; only its message is printed.</summary>
internal sealed class ToolException(string message) : Exception(message);

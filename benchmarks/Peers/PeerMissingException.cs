using System;

namespace Specializer.Benchmarks;

/// <summary>The exception that is thrown when a peer is not installed or cannot run.</summary>
internal sealed class PeerMissingException(string message) : Exception(message);

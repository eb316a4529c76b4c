using System;

namespace Specializer.Benchmarks;

/// <summary>A peer is not installed, or cannot run here.</summary>
internal sealed class PeerMissingException(string message) : Exception(message);

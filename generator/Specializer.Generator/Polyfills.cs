// What the compiler asks for on netstandard2.0 to compile records and init-only members.
namespace System.Runtime.CompilerServices;

internal static class IsExternalInit;

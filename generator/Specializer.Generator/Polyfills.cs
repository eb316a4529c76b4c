// Types that the compiler requires on netstandard2.0 for records and init-only members.
namespace System.Runtime.CompilerServices;

internal static class IsExternalInit;

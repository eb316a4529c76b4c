using System;
using System.Runtime.InteropServices;

namespace Specializer;

/// <summary>Releases pages of a file that is mapped for reading.</summary>
/// <remarks>
/// Every page that was read counts as memory of the process until the file is unmapped. A checkpoint would otherwise be resident
/// beside the packed weights. Only Linux needs the call. Windows and macOS reclaim such pages when memory is short, as Linux
/// does, so only the reported memory differs.
/// </remarks>
internal static unsafe partial class MappedPages
{
    /// <summary>MADV_DONTNEED of madvise(2): the pages leave the process; a later read fetches them from the file again.</summary>
    private const int DontNeed = 4;

    /// <summary>Releases the whole pages inside a range of a mapped file.</summary>
    /// <param name="first">
    /// The first byte. The mapping must be a read-only mapping of a file and must stay open until this method returns; the
    /// contents of any other memory would be lost.
    /// </param>
    /// <param name="length">The number of bytes.</param>
    public static void LetGo(byte* first, long length)
    {
        if (!OperatingSystem.IsLinux() || length <= 0)
        {
            return;
        }

        nuint pageMask = (nuint)Environment.SystemPageSize - 1;
        nuint start = (nuint)first & ~pageMask;
        nuint end = ((nuint)first + (nuint)length + pageMask) & ~pageMask;
        try
        {
            // The result is ignored: the call is a hint, and everything works without it.
            _ = Advise((void*)start, end - start, DontNeed);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // A system whose C library has another name keeps the pages until the file is unmapped.
        }
    }

    /// <summary>Releases the whole pages inside a range of anonymous memory, which then contain zeros.</summary>
    /// <param name="first">The first byte of memory that the caller owns and no longer needs the contents of.</param>
    /// <param name="length">The number of bytes.</param>
    public static void Discard(byte* first, long length)
    {
        nuint pageMask = (nuint)Environment.SystemPageSize - 1;
        nuint start = ((nuint)first + pageMask) & ~pageMask;
        nuint end = ((nuint)first + (nuint)length) & ~pageMask;
        if (start < end)
        {
            LetGo((byte*)start, (long)(end - start));
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* address, nuint length, int advice);
}

using System;
using System.Runtime.InteropServices;

namespace Specializer;

/// <summary>Tells the system which pages of a file that is mapped for reading are not needed any more.</summary>
/// <remarks>
/// Every page that was read counts as memory of the process until the file is unmapped: a checkpoint would be resident
/// beside the weights that are packed from it. Only Linux is told; Windows and macOS take such pages back by themselves
/// when memory is short, as Linux would, and what they then report is all that differs.
/// </remarks>
internal static unsafe partial class MappedPages
{
    /// <summary>MADV_DONTNEED of madvise(2): the pages leave the process; whoever reads them again has them from the file.</summary>
    private const int DontNeed = 4;

    /// <summary>Lets the pages go that hold some bytes of a mapped file, whole pages at both ends.</summary>
    /// <param name="first">
    /// The first byte. The mapping must be one of a file, for reading only, and stay until this returns: of any other memory
    /// the contents would be lost.
    /// </param>
    /// <param name="length">How many bytes.</param>
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
            // What it returns is of no interest: it is advice, and without it everything works as well.
            _ = Advise((void*)start, end - start, DontNeed);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // A system whose C library has another name keeps the pages until the file is unmapped.
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* address, nuint length, int advice);
}

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Specializer.TestKit;

/// <summary>
/// Memory for tests that ends where a page ends, with inaccessible memory before and after: an access outside ends the process.
/// On Linux with pages of 4 KiB; SPECIALIZER_TEST_GUARD_PAGES=1 enables it for the whole process.
/// </summary>
/// <remarks>
/// Every <see cref="AlignedBuffer"/> is guarded as a whole. Models that were generated with -p:SpecializerGuardedLayout=true have
/// their packed weights and buffers apart, and each is guarded by itself.
/// </remarks>
internal sealed unsafe partial class GuardPages : MemoryGuard
{
    public const string Setting = "SPECIALIZER_TEST_GUARD_PAGES";

    /// <summary>Bytes of a page, for which <c>Layout.Place</c> places blocks.</summary>
    private const int Page = 4096;

    /// <summary>Bytes of inaccessible memory at both ends.</summary>
    private const int Guard = 16 * Page;

    private const int NoAccess = 0,
        ReadWrite = 3;

    /// <summary>The blocks that come from here; a mapped file's pages stay as they are.</summary>
    private readonly ConditionalWeakTable<AlignedBuffer, PageRange> _blocks = [];

    /// <summary>Whether this system has what it takes.</summary>
    public static bool IsAvailable { get; } = OperatingSystem.IsLinux() && Environment.SystemPageSize == Page;

    /// <summary>Enables guard pages until the process ends.</summary>
    public static void TurnOn()
    {
        if (!IsAvailable)
        {
            throw new PlatformNotSupportedException(
                $"Guard pages need Linux with pages of {Page} bytes; pages here have {Environment.SystemPageSize}. Unset {Setting}."
            );
        }

        Current ??= new GuardPages();
    }

    /// <inheritdoc/>
    public override AlignedBuffer Allocate(long byteLength)
    {
        nint pages = (nint)((byteLength + Page - 1) / Page * Page);
        PageRange range = new(Map(pages + (2 * Guard)), pages + (2 * Guard));
        Protect(range.Address, Guard, NoAccess);
        Protect(range.Address + Guard + pages, Guard, NoAccess);
        var block = AlignedBuffer.Mapped(range, (byte*)range.Address + Guard + (pages - byteLength), byteLength);
        _blocks.Add(block, range);
        return block;
    }

    /// <inheritdoc/>
    public override void Protect(object owner, AlignedBuffer memory)
    {
        if (
            !_blocks.TryGetValue(memory, out _)
            || (nint)memory.Address % Page != 0
            || Blocks(owner, memory.ByteLength / sizeof(float)) is not { } blocks
        )
        {
            return;
        }

        long end = 0;
        foreach ((long offset, long floats) in blocks.OrderBy(static block => block.Offset).Append((memory.ByteLength / sizeof(float), 0)))
        {
            if (offset < end)
            {
                throw new InvalidOperationException(
                    $"{owner.GetType()}: the block at {offset} begins before the previous one ends, at {end}."
                );
            }

            // Packing has completed; the memory between blocks must be unchanged.
            if (new ReadOnlySpan<float>(memory.Address + end, checked((int)(offset - end))).ContainsAnyExcept(0f))
            {
                throw new InvalidOperationException(
                    $"{owner.GetType()}: something was written between {end} and {offset}, where no block lies."
                );
            }

            nint first = (nint)(memory.Address + end),
                last = (nint)(memory.Address + offset) / Page * Page;
            if (first % Page == 0 && last > first)
            {
                Protect(first, last - first, NoAccess);
            }

            end = offset + floats;
        }
    }

    /// <inheritdoc/>
    public override void Release(AlignedBuffer memory)
    {
        if (!_blocks.TryGetValue(memory, out _))
        {
            return;
        }

        nint first = (nint)memory.Address / Page * Page;
        Protect(first, (nint)memory.Address + (nint)memory.ByteLength - first, ReadWrite);
    }

    /// <summary>Enables the guards if the environment requests them.</summary>
    public static void ReadSetting()
    {
        if (Environment.GetEnvironmentVariable(Setting) == "1")
        {
            TurnOn();
        }
    }

    /// <summary>The blocks of a model or a session that was generated for guards; null for others.</summary>
    private static List<(long Offset, long Floats)>? Blocks(object owner, long floats)
    {
        string name = owner is TransformerModel ? "GuardedWeights" : "GuardedBuffers";
        if (owner.GetType().GetField(name, BindingFlags.NonPublic | BindingFlags.Static)?.GetValue(null) is not long[] table)
        {
            return null;
        }

        List<(long Offset, long Floats)> blocks = [];
        foreach (long[] row in table.Chunk(4))
        {
            // As many as sequences where their number is not known before.
            long copies = row[2] > 0 ? row[2] : ((floats - row[0] - row[1]) / row[3]) + 1;
            for (long copy = 0; copy < copies; copy++)
            {
                blocks.Add((row[0] + (copy * row[3]), row[1]));
            }
        }

        return blocks;
    }

    private static nint Map(nint length)
    {
        const int PrivateAnonymous = 0x22;
        nint address = MapPages(0, (nuint)length, ReadWrite, PrivateAnonymous, -1, 0);
        return address != -1 ? address : throw new OutOfMemoryException($"The system does not grant {length} bytes with guard pages.");
    }

    private static void Protect(nint address, nint length, int access)
    {
        if (SetAccess(address, (nuint)length, access) != 0)
        {
            throw new InvalidOperationException($"mprotect fails with error {Marshal.GetLastSystemError()} for {length} bytes.");
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint MapPages(nint address, nuint length, int access, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetAccess(nint address, nuint length, int access);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(nint address, nuint length);

    /// <summary>Pages of this process.</summary>
    private sealed class PageRange : SafeHandle
    {
        private readonly nint _length;

        public PageRange(nint address, nint length)
            : base(0, ownsHandle: true)
        {
            _length = length;
            SetHandle(address);
        }

        public nint Address => handle;

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle() => Unmap(handle, (nuint)_length) == 0;
    }
}

using System;
using System.Runtime.InteropServices;

namespace Specializer;

/// <summary>Pins an array while a view of it can be read.</summary>
internal sealed class PinnedBytes : SafeHandle
{
    private readonly GCHandle _pin;

    /// <param name="contents">An array of numbers.</param>
    public PinnedBytes(Array contents)
        : base(0, ownsHandle: true)
    {
        _pin = GCHandle.Alloc(contents, GCHandleType.Pinned);
        SetHandle(_pin.AddrOfPinnedObject());
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        _pin.Free();
        return true;
    }
}

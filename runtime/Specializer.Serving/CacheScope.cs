using System;
using System.Security.Cryptography;
using System.Text;

namespace Specializer.Serving;

/// <summary>The boundary of reuse of caches: a keyed hash of a tenant's name, with a key of this process.</summary>
/// <param name="Low">The first 16 bytes.</param>
/// <param name="High">The last 16 bytes.</param>
internal readonly record struct CacheScope(UInt128 Low, UInt128 High);

/// <summary>Derives scopes from tenants.</summary>
internal sealed class CacheScopes
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public CacheScope Of(string tenant)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(tenant), hash);
        return new CacheScope(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash),
            System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash[16..])
        );
    }
}

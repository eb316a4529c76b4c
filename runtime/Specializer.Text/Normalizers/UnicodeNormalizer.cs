using System;
using System.Text;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.Normalizers;

/// <summary>
/// NFC, NFD, NFKC and NFKD (Unicode Standard Annex 15) with tables of this library: <c>string.Normalize</c> has no effect with
/// invariant globalization.
/// </summary>
internal sealed class UnicodeNormalizer(bool compatibility, bool compose) : INormalizer
{
    [ThreadStatic]
    private static MarkRun? t_run;

    public void Normalize(NormalizedText text)
    {
        if (Ascii.IsValid(text.Bytes))
        {
            return;
        }

        ReadOnlySpan<byte> bytes = text.Bytes;
        MarkRun run = t_run ??= new MarkRun();
        run.Clear();
        TextRewriter rewriter = text.BeginRewrite();
        var composer = new Composer(run);
        Span<int> parts = stackalloc int[32];
        for (int index = 0; index < bytes.Length; )
        {
            int scalar = Scalars.Decode(bytes, index, out int length);
            index += length;
            int count = Normalization.Decompose(scalar, compatibility, parts);
            for (int i = 0; i < count; i++)
            {
                int combiningClass = Normalization.Class(parts[i]);
                if (combiningClass == 0)
                {
                    Emit(run, ref composer, ref rewriter);
                }

                run.Add(parts[i], combiningClass, i == 0 ? 0 : 1);
            }
        }

        Emit(run, ref composer, ref rewriter);
        composer.Finish(ref rewriter);
        text.EndRewrite();
    }

    private void Emit(MarkRun run, ref Composer composer, ref TextRewriter rewriter)
    {
        run.Sort();
        for (int i = 0; i < run.Count; i++)
        {
            (int scalar, int combiningClass, int change) = run[i];
            if (compose)
            {
                composer.Add(scalar, combiningClass, change, ref rewriter);
            }
            else
            {
                rewriter.Write(scalar, change);
            }
        }

        run.Restart();
    }

    /// <summary>A starter and the marks that follow it, in the order of their classes.</summary>
    private sealed class MarkRun
    {
        private (int Scalar, int Class, int Change)[] _items = new (int, int, int)[32];

        /// <summary>Marks that could not be composed with the starter before them.</summary>
        public (int Scalar, int Change)[] Blocked = new (int, int)[32];

        public int BlockedCount;

        public int Count { get; private set; }

        public (int Scalar, int Class, int Change) this[int index] => _items[index];

        public void Clear()
        {
            Count = 0;
            BlockedCount = 0;
        }

        public void Restart()
        {
            Count = 0;
            if (_items.Length > 65536)
            {
                _items = new (int, int, int)[32];
            }
        }

        public void Add(int scalar, int combiningClass, int change)
        {
            if (Count == _items.Length)
            {
                Array.Resize(ref _items, 2 * Count);
            }

            _items[Count++] = (scalar, combiningClass, change);
        }

        public void AddBlocked(int scalar, int change)
        {
            if (BlockedCount == Blocked.Length)
            {
                Array.Resize(ref Blocked, 2 * BlockedCount);
            }

            Blocked[BlockedCount++] = (scalar, change);
        }

        public void Sort()
        {
            if (Count > 64)
            {
                SortLong();
                return;
            }

            for (int i = 1; i < Count; i++)
            {
                var item = _items[i];
                int place = i;
                for (; place > 0 && _items[place - 1].Class > item.Class; place--)
                {
                    _items[place] = _items[place - 1];
                }

                _items[place] = item;
            }
        }

        // With thousands of marks on one letter, insertion would take quadratic time.
        private void SortLong()
        {
            var keys = new long[Count];
            for (int i = 0; i < Count; i++)
            {
                keys[i] = (long)_items[i].Class << 32 | (uint)i;
            }

            Array.Sort(keys, _items, 0, Count);
        }
    }

    /// <summary>
    /// Composes scalars in canonical order. The change of a composite is the sum of the changes of its parts minus one.
    /// </summary>
    private ref struct Composer(MarkRun run)
    {
        private int _starter = -1;
        private int _starterChange;
        private int _lastClass = -1;

        public void Add(int scalar, int combiningClass, int change, ref TextRewriter rewriter)
        {
            if (_starter < 0)
            {
                if (combiningClass != 0)
                {
                    rewriter.Write(scalar, change);
                    return;
                }

                (_starter, _starterChange) = (scalar, change);
                return;
            }

            if (_lastClass < combiningClass)
            {
                int composite = Normalization.Compose(_starter, scalar);
                if (composite >= 0)
                {
                    (_starter, _starterChange) = (composite, _starterChange + change - 1);
                    return;
                }
            }

            if (combiningClass == 0)
            {
                Finish(ref rewriter);
                (_starter, _starterChange) = (scalar, change);
                return;
            }

            run.AddBlocked(scalar, change);
            _lastClass = combiningClass;
        }

        public void Finish(ref TextRewriter rewriter)
        {
            if (_starter >= 0)
            {
                rewriter.Write(_starter, _starterChange);
                _starter = -1;
            }

            for (int i = 0; i < run.BlockedCount; i++)
            {
                rewriter.Write(run.Blocked[i].Scalar, run.Blocked[i].Change);
            }

            run.BlockedCount = 0;
            _lastClass = -1;
        }
    }
}

using System;
using System.Text;
using Specializer.Text.Constraints;
using Specializer.Text.Unicode;

namespace Specializer.Text.Decoders;

/// <summary>Metaspace: replaces the visible character by spaces, and removes those that were prepended.</summary>
internal sealed class MetaspaceDecoder(int replacement, bool prepended) : IDecoder
{
    private readonly byte[] _replacement = Encoding.UTF8.GetBytes(char.ConvertFromUtf32(replacement));

    public DecoderStage CreateStage(DecoderStage next) => new Stage(_replacement, prepended, next);

    public bool TryAddByteSteps(TokenByteSteps steps)
    {
        steps.AddReplacement(_replacement, [(byte)' ']);
        steps.DropsSpacesOfFirstToken |= prepended;
        return !steps.IsFused;
    }

    private sealed class Stage(byte[] replacement, bool prepended, DecoderStage next) : ForwardingStage(next)
    {
        private bool _isFirst = true;

        public override void Write(ReadOnlySpan<byte> part)
        {
            while (true)
            {
                int index = part.IndexOf(replacement);
                if (index < 0)
                {
                    Next.Write(part);
                    return;
                }

                Next.Write(part[..index]);
                if (!prepended || !_isFirst)
                {
                    Next.Write(" "u8);
                }

                part = part[(index + replacement.Length)..];
            }
        }

        public override void EndToken()
        {
            _isFirst = false;
            base.EndToken();
        }

        public override void Reset()
        {
            _isFirst = true;
            base.Reset();
        }
    }
}

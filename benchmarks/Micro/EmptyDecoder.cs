using Specializer.CompilerServices;

namespace Specializer.Benchmarks;

/// <summary>A decoder that computes nothing: what a token costs besides its computation.</summary>
internal sealed class EmptyDecoder : TransformerModel, IDecoderModel
{
    private const int Vocabulary = 16,
        Context = 64,
        Chunk = 16;

    public EmptyDecoder()
        : base(
            new ModelWeights(
                new ModelDescription
                {
                    Name = nameof(EmptyDecoder),
                    Layers = 1,
                    DModel = 16,
                    VocabularySize = Vocabulary,
                    ContextLength = Context,
                    ChunkLength = Chunk,
                    ParameterCount = 0,
                    PackedWeightBytes = AlignedBuffer.Alignment,
                    SessionBytes = AlignedBuffer.Alignment,
                    MultiplyAddsPerToken = 0,
                },
                AlignedBuffer.Allocate(AlignedBuffer.Alignment),
                InstructionSets.Best,
                new ModelOptions { Threads = 1 }
            )
        ) { }

    /// <inheritdoc/>
    public IDecoderSession CreateSession() => new Session(this);

    /// <inheritdoc/>
    public DecoderBatch CreateBatch(int capacity) => new(this, capacity);

    /// <summary>The number of tokens of <see cref="Decode"/>.</summary>
    public static int Tokens => Context / 2;

    /// <summary>Decodes tokens by the public interface.</summary>
    public static void Decode(IDecoderSession session, bool greedy)
    {
        session.Truncate(1);
        for (int token = 0; token < Tokens; token++)
        {
            if (greedy)
            {
                session.DecodeGreedy(token % Vocabulary);
            }
            else
            {
                session.Decode(token % Vocabulary);
            }
        }
    }

    private sealed class Session(EmptyDecoder model)
        : DecoderEngine(model, AlignedBuffer.Alignment, logitsRows: 1, logitsRowStride: Vocabulary),
            ITruncatableSession
    {
        /// <inheritdoc/>
        public void Truncate(int position) => TruncateTo(position);

        /// <inheritdoc/>
        protected override void Forward(int worker, int workers)
        {
            if (FindsMostProbable)
            {
                ReportMostProbable(worker, 0);
            }
        }
    }
}

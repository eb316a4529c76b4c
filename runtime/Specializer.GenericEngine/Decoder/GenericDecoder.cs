using System;
using System.Runtime.Intrinsics;
using Specializer.CompilerServices;

namespace Specializer.GenericEngine;

/// <summary>A LLaMA-like decoder whose shapes are known only at run time.</summary>
/// <remarks>
/// It uses the algorithms and sessions of generated models. Memory is proportional to the context, and prompts are processed in
/// chunks of fixed length. The bits are the same for any chunking and number of threads.
/// </remarks>
public sealed unsafe class GenericDecoder : TransformerModel, IDecoderModel
{
    private readonly GenericDecoderPlan _plan;

    private GenericDecoder(GenericDecoderPlan plan, ModelWeights weights)
        : base(weights)
    {
        _plan = plan;
    }

    /// <summary>The shapes and options, with every default resolved.</summary>
    public GenericDecoderConfiguration Configuration => _plan.Configuration;

    /// <summary>Loads a model from a checkpoint with the tensor names of a Hugging Face LLaMA.</summary>
    /// <param name="source">The checkpoint. It is read during the call only.</param>
    /// <param name="configuration">The shapes and options.</param>
    /// <param name="options">The options of the model.</param>
    /// <exception cref="ArgumentException">The configuration is invalid.</exception>
    /// <exception cref="PlatformNotSupportedException">This process cannot run the instruction set of the options.</exception>
    /// <exception cref="WeightsException">
    /// The checkpoint does not match the configuration; nothing is computed or allocated for it yet.
    /// </exception>
    public static GenericDecoder Load(WeightsSource source, GenericDecoderConfiguration configuration, ModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(configuration);
        GenericDecoderConfiguration resolved = configuration.Resolve();
        InstructionSet instructionSet = ModelWeights.Choose(options);

        // The base class gets the number that the working memory is planned for.
        options = (options ?? new ModelOptions()) with
        {
            Threads = options is null or { Threads: 0 } ? Environment.ProcessorCount : options.Threads,
        };
        int threads = Math.Clamp(options.Threads, 1, resolved.ChunkLength);
        (int lanes, int attentionScratch) = instructionSet switch
        {
            InstructionSet.Avx512 => (
                Avx512Instructions.Lanes,
                AttentionKernel<Avx512Instructions, Vector512<float>>.ScratchFloats(resolved.HeadDim)
            ),
            InstructionSet.Avx2 => (
                Avx2Instructions.Lanes,
                AttentionKernel<Avx2Instructions, Vector256<float>>.ScratchFloats(resolved.HeadDim)
            ),
            InstructionSet.Neon => (
                NeonInstructions.Lanes,
                AttentionKernel<NeonInstructions, Vector128<float>>.ScratchFloats(resolved.HeadDim)
            ),
            _ => (PortableInstructions.Lanes, AttentionKernel<PortableInstructions, Vector128<float>>.ScratchFloats(resolved.HeadDim)),
        };
        GenericDecoderPlan plan = new(
            resolved,
            lanes,
            threads,
            Math.Max(attentionScratch, LinearKernel<PortableInstructions, Vector128<float>>.ScratchFloats)
        );
        GenericDecoderTensors tensors = new(plan, source);

        AlignedBuffer weights = AlignedBuffer.Allocate((long)plan.WeightFloats * sizeof(float));
        try
        {
            tensors.Pack(weights.Address);
            return new GenericDecoder(plan, new ModelWeights(Describe(plan, tensors.ParameterCount), weights, instructionSet, options));
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IDecoderSession CreateSession() =>
        InstructionSet switch
        {
            InstructionSet.Avx512 => new GenericDecoderSession<Avx512Instructions, Vector512<float>>(this, _plan),
            InstructionSet.Avx2 => new GenericDecoderSession<Avx2Instructions, Vector256<float>>(this, _plan),
            InstructionSet.Neon => new GenericDecoderSession<NeonInstructions, Vector128<float>>(this, _plan),
            _ => new GenericDecoderSession<PortableInstructions, Vector128<float>>(this, _plan),
        };

    /// <inheritdoc/>
    public DecoderBatch CreateBatch(int capacity) => new(this, capacity);

    private static ModelDescription Describe(GenericDecoderPlan plan, long parameterCount)
    {
        GenericDecoderConfiguration configuration = plan.Configuration;
        long heads = (long)configuration.Heads * configuration.HeadDim,
            keyValueHeads = (long)configuration.KeyValueHeads * configuration.HeadDim;
        long attention = configuration.Width * ((2 * heads) + (2 * keyValueHeads));
        long feedForward = (plan.FeedForwardIn.IsGated ? 3L : 2L) * configuration.Width * configuration.FeedForwardWidth;
        return new ModelDescription
        {
            Name = nameof(GenericDecoder),
            Layers = configuration.Layers,
            DModel = configuration.Width,
            VocabularySize = configuration.VocabularySize,
            ContextLength = configuration.ContextLength,
            ChunkLength = configuration.ChunkLength,
            ParameterCount = parameterCount,
            PackedWeightBytes = (long)plan.WeightFloats * sizeof(float),
            SessionBytes =
                (((long)plan.SessionFloats + ((long)plan.LogitsRows * plan.Logits.PaddedOutputs)) * sizeof(float))
                + AlignedBuffer.Alignment,
            MultiplyAddsPerToken =
                (configuration.Layers * (attention + feedForward)) + ((long)configuration.Width * configuration.VocabularySize),
        };
    }
}

using System;
using Specializer.CompilerServices;

namespace Specializer.GenericEngine;

/// <summary>A session of a <see cref="GenericDecoder"/> on one instruction set.</summary>
/// <typeparam name="TInstructions">The instruction set.</typeparam>
/// <typeparam name="TVector">Its vector of floats.</typeparam>
internal sealed unsafe class GenericDecoderSession<TInstructions, TVector> : DecoderEngine, ITruncatableSession
    where TInstructions : struct, IVectorInstructions<TVector>
    where TVector : struct
{
    private readonly GenericDecoderPlan _plan;
    private readonly GenericDecoderConfiguration _configuration;
    private readonly ElementFunction _activation;
    private readonly float _attentionScale;

    /// <summary>Allocates a session.</summary>
    public GenericDecoderSession(GenericDecoder model, GenericDecoderPlan plan)
        : base(model, (long)plan.SessionFloats * sizeof(float), plan.LogitsRows, plan.Logits.PaddedOutputs)
    {
        _plan = plan;
        _configuration = plan.Configuration;
        _activation = ElementFunctions.Of(plan.Configuration.Activation);
        _attentionScale = 1f / MathF.Sqrt(plan.Configuration.HeadDim);
    }

    /// <inheritdoc/>
    public void Truncate(int position) => TruncateTo(position);

    /// <inheritdoc/>
    protected override void Forward(int worker, int workers)
    {
        // Row-wise steps are divided by rows in the same way; a barrier precedes every step that reads other rows.
        int firstRow = Rows * worker / workers,
            endRow = Rows * (worker + 1) / workers;
        float* scratch = Memory + _plan.ScratchOffset + (worker * _plan.ScratchFloats);
        Embed(firstRow, endRow);
        Synchronize();
        Report(0, worker);

        for (int layer = 0; layer < _configuration.Layers; layer++)
        {
            Attention(layer, scratch, firstRow, endRow, worker, workers);
            FeedForward(layer, scratch, firstRow, endRow, worker, workers);
            Report(layer + 1, worker);
        }

        if (FirstLogitsRow < Rows)
        {
            Normalize(_plan.LastNormOffset, Math.Max(firstRow, FirstLogitsRow), endRow);
            Synchronize();
            float* normed = Memory + _plan.NormedOffset + ((nint)FirstLogitsRow * _plan.HiddenStride);
            LinearKernel<TInstructions, TVector>.Run(
                _plan.Logits,
                Weights + _plan.LogitsOffset,
                Rows - FirstLogitsRow,
                normed,
                _plan.HiddenStride,
                Logits,
                _plan.Logits.PaddedOutputs,
                new LinearEpilogue(ElementFunction.Identity),
                scratch,
                worker,
                workers
            );
        }
    }

    private void Embed(int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            float* hidden = Memory + _plan.HiddenOffset + ((nint)row * _plan.HiddenStride);
            if (_configuration.TiedEmbeddings)
            {
                _plan.Logits.UnpackWeights(Weights + _plan.LogitsOffset, Tokens[row], hidden);
            }
            else
            {
                new ReadOnlySpan<float>(Weights + ((nint)Tokens[row] * _plan.HiddenStride), _configuration.Width).CopyTo(
                    new Span<float>(hidden, _configuration.Width)
                );
            }
        }
    }

    private void Attention(int layer, float* scratch, int firstRow, int endRow, int worker, int workers)
    {
        nint weights = _plan.Layer(layer);
        float* hidden = Memory + _plan.HiddenOffset;
        float* normed = Memory + _plan.NormedOffset;
        float* queryKeyValue = Memory + _plan.QueryKeyValueStateOffset;
        int stride = _plan.QueryKeyValue.PaddedOutputs;
        float* attended = Memory + _plan.AttendedOffset;
        nint cache = layer * _plan.KeyValues.Floats;
        int sequenceRows = Rows / SequencesInWork;

        Normalize(weights, firstRow, endRow);
        Synchronize();
        LinearKernel<TInstructions, TVector>.Run(
            _plan.QueryKeyValue,
            Weights + weights + _plan.QueryKeyValueOffset,
            Rows,
            normed,
            _plan.HiddenStride,
            queryKeyValue,
            stride,
            new LinearEpilogue(ElementFunction.Identity),
            scratch,
            worker,
            workers
        );
        Synchronize();
        for (int row = firstRow, end; row < endRow; row = end)
        {
            int sequence = row / sequenceRows;
            end = Math.Min(endRow, (sequence + 1) * sequenceRows);
            RotateAndAppend(
                queryKeyValue + ((nint)row * stride),
                stride,
                CacheOf(sequence) + cache,
                PositionOf(sequence) + (row % sequenceRows),
                end - row
            );
        }

        Synchronize();
        for (int sequence = 0; sequence < SequencesInWork; sequence++)
        {
            nint first = (nint)sequence * sequenceRows;
            AttentionKernel<TInstructions, TVector>.Run(
                _plan.KeyValues,
                CacheOf(sequence) + cache,
                _configuration.Heads,
                PositionOf(sequence),
                sequenceRows,
                queryKeyValue + (first * stride),
                stride,
                _attentionScale,
                attended + (first * _plan.AttendedStride),
                _plan.AttendedStride,
                scratch,
                worker,
                workers
            );
        }

        Synchronize();
        LinearKernel<TInstructions, TVector>.Run(
            _plan.AttentionOutput,
            Weights + weights + _plan.AttentionOutputOffset,
            Rows,
            attended,
            _plan.AttendedStride,
            hidden,
            _plan.HiddenStride,
            new LinearEpilogue(ElementFunction.Identity, hidden, _plan.HiddenStride),
            scratch,
            worker,
            workers
        );
        Synchronize();
    }

    private void FeedForward(int layer, float* scratch, int firstRow, int endRow, int worker, int workers)
    {
        nint weights = _plan.Layer(layer);
        float* hidden = Memory + _plan.HiddenOffset;
        float* normed = Memory + _plan.NormedOffset;
        float* inner = Memory + _plan.InnerOffset;
        int stride = _plan.FeedForwardIn.PaddedOutputs;

        Normalize(weights + _plan.FeedForwardNormOffset, firstRow, endRow);
        Synchronize();
        LinearKernel<TInstructions, TVector>.Run(
            _plan.FeedForwardIn,
            Weights + weights + _plan.FeedForwardInOffset,
            Rows,
            normed,
            _plan.HiddenStride,
            inner,
            stride,
            new LinearEpilogue(_activation),
            scratch,
            worker,
            workers
        );
        Synchronize();
        LinearKernel<TInstructions, TVector>.Run(
            _plan.FeedForwardOut,
            Weights + weights + _plan.FeedForwardOutOffset,
            Rows,
            inner,
            stride,
            hidden,
            _plan.HiddenStride,
            new LinearEpilogue(ElementFunction.Identity, hidden, _plan.HiddenStride),
            scratch,
            worker,
            workers
        );
        Synchronize();
    }

    private void RotateAndAppend(float* queryKeyValue, int stride, float* cache, int position, int rows)
    {
        int dimension = _configuration.HeadDim,
            heads = _configuration.Heads,
            keyValueHeads = _configuration.KeyValueHeads;
        float* table = Weights + _plan.RotaryOffset;
        for (int row = 0; row < rows; row++)
        {
            // Queries and keys are adjacent, so they are rotated like a single list of heads.
            RotaryKernel<TInstructions, TVector>.Rotate(
                _plan.Rotary,
                table + ((nint)(position + row) * _plan.Rotary.RowStride),
                queryKeyValue + ((nint)row * stride),
                heads + keyValueHeads,
                dimension
            );
        }

        float* keys = queryKeyValue + (heads * dimension);
        _plan.KeyValues.Append(cache, position, rows, keys, keys + (keyValueHeads * dimension), stride);
    }

    private void Normalize(nint norm, int firstRow, int endRow)
    {
        float* weight = Weights + norm;
        for (int row = firstRow; row < endRow; row++)
        {
            float* hidden = Memory + _plan.HiddenOffset + ((nint)row * _plan.HiddenStride);
            float* normed = Memory + _plan.NormedOffset + ((nint)row * _plan.HiddenStride);
            if (_configuration.Norm == NormKind.Layer)
            {
                NormalizationKernel<TInstructions, TVector>.Layer(
                    hidden,
                    weight,
                    weight + _plan.HiddenStride,
                    normed,
                    _configuration.Width,
                    _configuration.Epsilon
                );
            }
            else
            {
                NormalizationKernel<TInstructions, TVector>.RootMeanSquare(
                    hidden,
                    weight,
                    normed,
                    _configuration.Width,
                    _configuration.Epsilon
                );
            }
        }
    }

    private void Report(int layer, int worker)
    {
        if (worker == 0)
        {
            ReportHiddenStates(layer, Memory + _plan.HiddenOffset, _plan.HiddenStride);
        }
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Specializer.Generator.Planning;

namespace Specializer.Tool;

/// <summary>
/// Runs a model on the inputs of a reference file and compares its hidden states and results with the file. The file contains
/// results of the same checkpoint from another program, such as the one that <see cref="ReferenceScript"/> writes.
/// </summary>
internal sealed class ReferenceRun
{
    private readonly WeightsSource _reference;
    private readonly ExecutionPlan _plan;
    private readonly List<(string What, Difference? Difference, string Remark)> _rows = [];

    private ReferenceRun(WeightsSource reference, ExecutionPlan plan)
    {
        _reference = reference;
        _plan = plan;
    }

    /// <returns>The compared tensors and their differences.</returns>
    /// <exception cref="ToolException">
    /// The file lacks an input or every result, or a tensor has another shape than in the model.
    /// </exception>
    public static IReadOnlyList<(string What, Difference? Difference, string Remark)> Compare(
        TransformerModel model,
        ExecutionPlan plan,
        WeightsSource reference
    )
    {
        var run = new ReferenceRun(reference, plan);
        switch (model)
        {
            case ISequenceToSequenceModel<TokenInput> both:
                using (ISequenceToSequenceSession<TokenInput> session = both.CreateSession(1))
                {
                    run.Decode(session, source => session.Encode(new TokenInput(source)), "inputs.input_ids");
                }

                break;
            case ISequenceToSequenceModel<LogMelInput> speech:
                using (ISequenceToSequenceSession<LogMelInput> session = speech.CreateSession(1))
                {
                    run.Listen(session);
                }

                break;
            case IDecoderModel decoder:
                using (IDecoderSession session = decoder.CreateSession())
                {
                    run.Prefill(session, "inputs.input_ids", "hidden_states");
                }

                break;
            case IEncoderModel<ImageInput> images:
                using (IEncoderSession<ImageInput> session = images.CreateSession())
                {
                    int positions = model.Description.ContextLength;
                    float[] output = new float[images.Description.OutputWidth * (images.Description.OutputPerToken ? positions : 1)];
                    float[] pixels = run.Floats("inputs.pixel_values"),
                        last = new float[positions * model.Description.DModel];
                    run.Observing(
                        session,
                        observer => session.HiddenStates = observer,
                        positions,
                        plan.Architecture.Layers,
                        "hidden_states",
                        () => session.Encode(new ImageInput(pixels), output, last)
                    );
                    run.Results(output, last);
                }

                break;
            case IEncoderModel<TokenInput> encoder:
                using (IEncoderSession<TokenInput> session = encoder.CreateSession())
                {
                    int[] tokens = run.Integers("inputs.input_ids");
                    int[] types =
                        encoder.Description.TokenTypes > 0 && reference.TryGetTensor("inputs.token_type_ids", out _)
                            ? run.Integers("inputs.token_type_ids")
                            : [];
                    float[] output = new float[encoder.Description.OutputWidth * (encoder.Description.OutputPerToken ? tokens.Length : 1)],
                        last = new float[tokens.Length * model.Description.DModel];
                    run.Observing(
                        session,
                        observer => session.HiddenStates = observer,
                        tokens.Length,
                        plan.Architecture.Layers,
                        "hidden_states",
                        () => session.Encode(new TokenInput(tokens) { TokenTypes = types }, output, last)
                    );
                    run.Results(output, last);
                }

                break;
        }

        return run._rows.Any(static row => row.Difference is not null)
            ? run._rows
            : throw new ToolException(
                $"'{reference.Description}' contains no results to compare: expected hidden_states.1 and so on, logits, last_hidden_state or pooler_output. 'specializer verify DIR --script' prints a program that writes them."
            );
    }

    private void Decode(ISequenceToSequenceSession<TokenInput> session, Action<int[]> encode, string input)
    {
        int[] source = Integers(input);
        Observing(
            session,
            observer => session.SourceHiddenStates = observer,
            source.Length,
            _plan.Encoder!.Architecture.Layers,
            "encoder_hidden_states",
            () => encode(source)
        );
        Prefill(session, "inputs.decoder_input_ids", "decoder_hidden_states");
    }

    private void Listen(ISequenceToSequenceSession<LogMelInput> session)
    {
        float[] features = Floats("inputs.input_features");
        int positions =
            features.Length
            / _plan.Encoder!.Architecture.Embeddings.Speech!.MelBands
            / Generator.Architecture.SpeechArchitecture.FramesPerPosition;
        Observing(
            session,
            observer => session.SourceHiddenStates = observer,
            positions,
            _plan.Encoder.Architecture.Layers,
            "encoder_hidden_states",
            () => session.Encode(new LogMelInput(features))
        );
        Prefill(session, "inputs.decoder_input_ids", "decoder_hidden_states");
    }

    private void Prefill(IDecoderSession session, string input, string states)
    {
        int[] tokens = Integers(input);
        float[] logits = new float[tokens.Length * _plan.Architecture.Embeddings.VocabularySize];
        Observing(
            session,
            observer => session.HiddenStates = observer,
            tokens.Length,
            _plan.Architecture.Layers,
            states,
            () => session.Prefill(tokens, logits)
        );
        Add("logits", logits, "logits");
    }

    /// <summary>
    /// Runs an action and compares the hidden states that it computes. The states of the last layer are compared as results,
    /// because many classes of transformers return them after the final norm.
    /// </summary>
    private void Observing(ISession session, Action<HiddenStateObserver?> observe, int positions, int layers, string states, Action run)
    {
        _ = session;
        int width = states.StartsWith("encoder", StringComparison.Ordinal) ? _plan.Encoder!.Architecture.Width : _plan.Architecture.Width;
        float[][] found = [.. Enumerable.Range(0, layers).Select(_ => new float[positions * width])];
        observe(
            (layer, position, state) =>
            {
                if (layer < found.Length)
                {
                    state.CopyTo(found[layer].AsSpan(position * width));
                }
            }
        );
        run();
        observe(null);
        string stack =
            states.Length > "hidden_states".Length ? states[..(states.IndexOf('_', StringComparison.Ordinal) + 1)].Replace('_', ' ') : "";
        for (int layer = 0; layer < layers; layer++)
        {
            Add(
                layer == 0 ? stack + "embeddings" : FormattableString.Invariant($"{stack}states after layer {layer}"),
                found[layer],
                FormattableString.Invariant($"{states}.{layer}")
            );
        }
    }

    /// <summary>Compares the output of an encoder under its name in transformers.</summary>
    private void Results(float[] output, float[] last)
    {
        Add("last hidden states", last, "last_hidden_state");
        if (_reference.TryGetTensor("start_logits", out _) && _reference.TryGetTensor("end_logits", out _))
        {
            float[] starts = Floats("start_logits"),
                ends = Floats("end_logits");
            _rows.Add(
                (
                    "start and end logits",
                    Difference.Between([.. starts.Zip(ends).SelectMany(static pair => new[] { pair.First, pair.Second })], output),
                    ""
                )
            );
            return;
        }

        if (_plan.Architecture.Head is { } head)
        {
            Add(head.Output is null ? "pooled output" : "logits", output, head.Output is null ? "pooler_output" : "logits");
        }
    }

    private void Add(string what, float[] found, string tensor)
    {
        if (!_reference.TryGetTensor(tensor, out TensorView view))
        {
            return;
        }

        if (view.ElementCount != found.Length)
        {
            throw new ToolException(
                FormattableString.Invariant(
                    $"'{tensor}' of '{_reference.Description}' has {view.ElementCount:N0} values, but the model returns {found.Length:N0}. The file belongs to another model or other inputs."
                )
            );
        }

        _rows.Add((what, Difference.Between(Floats(tensor), found), ""));
    }

    private float[] Floats(string tensor)
    {
        TensorView view = Get(tensor);
        float[] values = new float[view.ElementCount];
        view.CopyTo(values);
        return values;
    }

    private unsafe int[] Integers(string tensor)
    {
        TensorView view = Get(tensor);
        ReadOnlySpan<byte> bytes = new(view.Data, checked((int)view.ByteLength));
        return view.ElementType switch
        {
            TensorElementType.Int64 => [.. MemoryMarshal.Cast<byte, long>(bytes).ToArray().Select(static value => checked((int)value))],
            TensorElementType.Int32 => MemoryMarshal.Cast<byte, int>(bytes).ToArray(),
            _ => throw new ToolException(
                $"'{tensor}' of '{_reference.Description}' has elements of type {view.ElementType}; expected token ids, of type I64 or I32."
            ),
        };
    }

    private TensorView Get(string tensor) =>
        _reference.TryGetTensor(tensor, out TensorView view)
            ? view.Shape.Length == 0 || view.Shape[0] == 1
                ? view
                : throw new ToolException(
                    FormattableString.Invariant(
                        $"'{tensor}' of '{_reference.Description}' contains {view.Shape[0]} sequences; expected one."
                    )
                )
            : throw new ToolException(
                $"'{_reference.Description}' does not contain '{tensor}'. 'specializer verify DIR --script' prints a program that writes such a file."
            );
}

using System;
using System.Runtime.InteropServices;

namespace Specializer.Benchmarks;

/// <summary>A model and a sequence in llama.cpp with its own thread pool, as in llama.cpp's benchmark.</summary>
internal sealed unsafe class LlamaCppModel : IDisposable
{
    private const int Batch = 512;

    private readonly LlamaCppLibrary _library;
    private readonly nint _model;
    private readonly nint _context;
    private readonly nint _memory;
    private readonly nint _threads;
    private readonly int _vocabularySize;
    private readonly delegate* unmanaged<nint, LlamaBatch, int> _decode;
    private readonly delegate* unmanaged<int*, int, LlamaBatch> _batchOf;

    public LlamaCppModel(LlamaCppLibrary library, string path, int vocabularySize, int contextLength, int threads)
    {
        _library = library;
        _vocabularySize = vocabularySize;
        _decode = (delegate* unmanaged<nint, LlamaBatch, int>)library.Llama("llama_decode");
        _batchOf = (delegate* unmanaged<int*, int, LlamaBatch>)library.Llama("llama_batch_get_one");

        LlamaParameters model = ((delegate* unmanaged<LlamaParameters>)library.Llama("llama_model_default_params"))();
        fixed (byte* file = System.Text.Encoding.UTF8.GetBytes(path + "\0"))
        {
            _model = ((delegate* unmanaged<byte*, LlamaParameters, nint>)library.Llama("llama_model_load_from_file"))(file, model);
        }

        if (_model == 0)
        {
            throw new PeerMissingException($"llama.cpp did not load {path}; SPECIALIZER_PEER_LOG=1 shows why");
        }

        LlamaParameters context = ((delegate* unmanaged<LlamaParameters>)library.Llama("llama_context_default_params"))();
        if (context.Words[0] != 512 || context.Words[1] != 2048 || context.Words[2] != 512 || context.Words[3] != 1)
        {
            throw new PeerMissingException(
                "llama.cpp's llama_context_params does not begin with n_ctx, n_batch, n_ubatch and n_seq_max; this version is not supported"
            );
        }

        context.Words[0] = (uint)contextLength;
        context.Words[1] = context.Words[2] = Batch;
        _context = ((delegate* unmanaged<nint, LlamaParameters, nint>)library.Llama("llama_init_from_model"))(_model, context);
        if (_context == 0)
        {
            throw new PeerMissingException("llama.cpp did not create a context; SPECIALIZER_PEER_LOG=1 shows why");
        }

        ((delegate* unmanaged<nint, int, int, void>)library.Llama("llama_set_n_threads"))(_context, threads, threads);
        byte* parameters = stackalloc byte[1024];
        ((delegate* unmanaged<byte*, int, void>)library.Base("ggml_threadpool_params_init"))(parameters, threads);
        _threads = ((delegate* unmanaged<byte*, nint>)library.Cpu("ggml_threadpool_new"))(parameters);
        ((delegate* unmanaged<nint, nint, nint, void>)library.Llama("llama_attach_threadpool"))(_context, _threads, _threads);
        _memory = ((delegate* unmanaged<nint, nint>)library.Llama("llama_get_memory"))(_context);
        Pause();
    }

    /// <summary>The logits after the last token.</summary>
    public float[] Logits
    {
        get
        {
            float* logits = ((delegate* unmanaged<nint, int, float*>)_library.Llama("llama_get_logits_ith"))(_context, -1);
            return new ReadOnlySpan<float>(logits, _vocabularySize).ToArray();
        }
    }

    /// <summary>Processes a prompt in an empty context.</summary>
    public void Prefill(int[] tokens) =>
        Awake(() =>
        {
            ((delegate* unmanaged<nint, byte, void>)_library.Llama("llama_memory_clear"))(_memory, 0);
            Process(tokens);
        });

    /// <summary>Decodes tokens one after another from a position.</summary>
    public void Decode(int position, int[] tokens) =>
        Awake(() =>
        {
            _ = ((delegate* unmanaged<nint, int, int, int, byte>)_library.Llama("llama_memory_seq_rm"))(_memory, 0, position, -1);
            for (int i = 0; i < tokens.Length; i++)
            {
                Process(tokens.AsSpan(i, 1));
            }
        });

    public void Dispose()
    {
        ((delegate* unmanaged<nint, void>)_library.Llama("llama_free"))(_context);
        ((delegate* unmanaged<nint, void>)_library.Cpu("ggml_threadpool_free"))(_threads);
        ((delegate* unmanaged<nint, void>)_library.Llama("llama_model_free"))(_model);
    }

    private void Process(ReadOnlySpan<int> tokens)
    {
        fixed (int* first = tokens)
        {
            for (int start = 0; start < tokens.Length; start += Batch)
            {
                int result = _decode(_context, _batchOf(first + start, Math.Min(Batch, tokens.Length - start)));
                if (result != 0)
                {
                    throw new InvalidOperationException($"llama_decode returned {result}.");
                }
            }
        }
    }

    /// <summary>
    /// Runs work with awake threads. Idle threads poll for a quarter of a second, which must not overlap with other measurements.
    /// </summary>
    private void Awake(Action work)
    {
        ((delegate* unmanaged<nint, void>)_library.Cpu("ggml_threadpool_resume"))(_threads);
        work();
        Pause();
    }

    private void Pause() => ((delegate* unmanaged<nint, void>)_library.Cpu("ggml_threadpool_pause"))(_threads);
}

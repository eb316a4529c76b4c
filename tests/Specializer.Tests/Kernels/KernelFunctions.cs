namespace Specializer.Tests.Kernels;

/// <summary>A linear layer; a kernel without a bias does not look at it.</summary>
internal unsafe delegate void LinearFunction(float* input, float* weights, float* bias, float* output, int rows, int worker, int workers);

/// <summary>A linear kernel without a bias, or a norm.</summary>
internal unsafe delegate void RowsFunction(float* input, float* weights, float* output, int rows, int worker, int workers);

/// <summary>The search for the highest logit.</summary>
internal unsafe delegate int HighestFunction(float* logits, int worker, int workers);

/// <summary>A look-up of embeddings.</summary>
internal unsafe delegate void EmbedFunction(int* tokens, float* table, float* output, int rows, int worker, int workers);

/// <summary>Rotates and appends; a kernel without rotary positions does not look at the table.</summary>
internal unsafe delegate void AppendFunction(
    float* projected,
    float* rotaryTable,
    float* queries,
    float* keys,
    float* values,
    int position,
    int rows,
    int worker,
    int workers
);

/// <summary>Appends without rotating.</summary>
internal unsafe delegate void PlainAppendFunction(
    float* projected,
    float* queries,
    float* keys,
    float* values,
    int position,
    int rows,
    int worker,
    int workers
);

/// <summary>Attends over the cache.</summary>
internal unsafe delegate void AttendFunction(
    float* queries,
    float* keys,
    float* values,
    float* output,
    int position,
    int rows,
    int worker,
    int workers
);

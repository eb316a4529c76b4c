using System.Collections.Generic;
using Xunit.Abstractions;

namespace Specializer.Arm64Runner;

/// <summary>Options of xunit, by their names.</summary>
internal sealed class ExecutionOptions : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
{
    private readonly Dictionary<string, object?> _values = [];

    /// <inheritdoc/>
    public TValue GetValue<TValue>(string name) => _values.TryGetValue(name, out object? value) ? (TValue)value! : default!;

    /// <inheritdoc/>
    public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
}

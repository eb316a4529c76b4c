using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace Specializer.Serving;

/// <summary>
/// The requests that wait, each tenant's in order. The next one is of the tenant that received the fewest tokens; waiting reduces
/// that number. Callers hold the engine's lock.
/// </summary>
/// <remarks>Sheng et al., "Fairness in Serving Large Language Models" (2024), section 4: virtual token counter.</remarks>
internal sealed class RequestQueue(EngineOptions options)
{
    private const int MostTenants = 1024;

    private readonly Dictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);
    private double _floor;

    public int Count { get; private set; }

    /// <summary>Gets the tokens of work that wait: a prompt's once, those of the answer twice.</summary>
    public long Work { get; private set; }

    public int CountOf(string tenant) => _tenants.TryGetValue(tenant, out Tenant? found) ? found.Waiting.Count : 0;

    public void Add(Sequence sequence)
    {
        Tenant tenant = TenantOf(sequence.Tenant);
        if (tenant.Waiting.Count == 0 && tenant.Running == 0)
        {
            // Credit is not saved up while a tenant sends nothing.
            tenant.Served = Math.Max(tenant.Served, _floor);
        }

        tenant.Waiting.AddLast(sequence);
        Count++;
        Work += sequence.Work;
    }

    /// <summary>Removes and returns the next request, or null if none waits.</summary>
    public Sequence? Next()
    {
        Tenant? best = null;
        double lowest = double.PositiveInfinity;
        foreach (Tenant tenant in _tenants.Values)
        {
            if (tenant.Waiting.First is { } first)
            {
                double aged = tenant.Served - (Stopwatch.GetElapsedTime(first.Value.Submitted).TotalSeconds * options.AgingTokensPerSecond);
                (best, lowest) = aged < lowest ? (tenant, aged) : (best, lowest);
            }
        }

        if (best is null)
        {
            return null;
        }

        Sequence sequence = best.Waiting.First!.Value;
        Remove(sequence, best);
        _floor = Math.Max(_floor, best.Served);
        best.Running++;
        best.Served += sequence.Prompt.Length;
        return sequence;
    }

    /// <summary>Counts tokens that a running request received.</summary>
    public void Serve(Sequence sequence, int tokens) => TenantOf(sequence.Tenant).Served += 2 * tokens;

    /// <summary>Ends a request that was running.</summary>
    public void End(Sequence sequence)
    {
        Tenant tenant = TenantOf(sequence.Tenant);
        tenant.Running--;
        Forget(sequence.Tenant, tenant);
    }

    /// <summary>Removes a request that waits.</summary>
    /// <returns>Whether it waited.</returns>
    public bool Remove(Sequence sequence)
    {
        if (!_tenants.TryGetValue(sequence.Tenant, out Tenant? tenant) || !tenant.Waiting.Contains(sequence))
        {
            return false;
        }

        Remove(sequence, tenant);
        Forget(sequence.Tenant, tenant);
        return true;
    }

    /// <summary>Removes and returns the requests that satisfy a condition.</summary>
    public List<Sequence> RemoveWhere(Predicate<Sequence> condition)
    {
        var removed = new List<Sequence>();
        foreach (Tenant tenant in _tenants.Values)
        {
            foreach (Sequence sequence in tenant.Waiting)
            {
                if (condition(sequence))
                {
                    removed.Add(sequence);
                }
            }
        }

        removed.ForEach(sequence => Remove(sequence));
        return removed;
    }

    private void Remove(Sequence sequence, Tenant tenant)
    {
        tenant.Waiting.Remove(sequence);
        Count--;
        Work -= sequence.Work;
    }

    private Tenant TenantOf(string name)
    {
        if (!_tenants.TryGetValue(name, out Tenant? tenant))
        {
            tenant = new Tenant { Served = _floor };
            _tenants.Add(name, tenant);
        }

        return tenant;
    }

    // The number of tenants is not bounded, so those without requests are not kept.
    private void Forget(string name, Tenant tenant)
    {
        if (tenant.Waiting.Count == 0 && tenant.Running == 0 && (tenant.Served <= _floor || _tenants.Count > MostTenants))
        {
            _tenants.Remove(name);
        }
    }

    private sealed class Tenant
    {
        public LinkedList<Sequence> Waiting { get; } = [];

        public int Running { get; set; }

        public double Served { get; set; }
    }
}

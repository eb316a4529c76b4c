using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Steps that differ between kinds of layers.</summary>
/// <param name="Title">The name of the first of them.</param>
/// <param name="Kinds">The steps of each kind, in the order of <see cref="TransformerArchitecture.LayerKinds"/>.</param>
/// <param name="Pattern">Layer i is of kind Pattern[i modulo its length].</param>
internal sealed record StepsByKind(string Title, EquatableArray<EquatableArray<StepPlan>> Kinds, EquatableArray<int> Pattern)
    : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls => Kinds.SelectMany(static steps => steps).SelectMany(static step => step.Calls);

    public override IEnumerable<BufferRef> Buffers => Kinds.SelectMany(static steps => steps).SelectMany(static step => step.Buffers);

    /// <summary>
    /// Returns one list of steps for all kinds: the steps that are common at the start and the end, and the different ones
    /// between them.
    /// </summary>
    /// <param name="kinds">The steps of each kind.</param>
    /// <param name="pattern">Layer i is of kind pattern[i modulo its length].</param>
    public static IReadOnlyList<StepPlan> Merge(IReadOnlyList<IReadOnlyList<StepPlan>> kinds, EquatableArray<int> pattern)
    {
        IReadOnlyList<StepPlan> first = kinds[0];
        int shortest = kinds.Min(static steps => steps.Count);
        int before = 0;
        while (before < shortest && kinds.All(steps => steps[before].Equals(first[before])))
        {
            before++;
        }

        int after = 0;
        while (before + after < shortest && kinds.All(steps => steps[steps.Count - 1 - after].Equals(first[first.Count - 1 - after])))
        {
            after++;
        }

        if (kinds.All(steps => steps.Count == before + after))
        {
            return first;
        }

        var differing = new EquatableArray<EquatableArray<StepPlan>>(
            kinds.Select(steps => new EquatableArray<StepPlan>(steps.Skip(before).Take(steps.Count - before - after)))
        );
        string title = differing.First(static steps => steps.Count > 0)[0].Title;
        return [.. first.Take(before), new StepsByKind(title, differing, pattern), .. first.Skip(first.Count - after)];
    }
}

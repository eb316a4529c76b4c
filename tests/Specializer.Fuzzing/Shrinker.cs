using System;
using System.Collections.Generic;
using System.Reflection;

namespace Specializer.Fuzzing;

/// <summary>Makes a failing case smaller, value by value, as long as it fails.</summary>
internal static class Shrinker
{
    private const int MostAttempts = 60;

    public static FuzzCase Shrink(FuzzCase failing, Func<FuzzCase, bool> fails)
    {
        FuzzCase simplest = new();
        int attempts = 0;
        bool smaller = true;
        while (smaller && attempts < MostAttempts)
        {
            smaller = false;
            foreach (PropertyInfo property in FuzzCase.Values)
            {
                object before = property.GetValue(failing)!;
                foreach (object candidate in Simpler(before, property.GetValue(simplest)!))
                {
                    FuzzCase changed = failing with { };
                    property.SetValue(changed, candidate);
                    if (changed.IsValid && attempts++ < MostAttempts && fails(changed))
                    {
                        failing = changed;
                        smaller = true;
                        break;
                    }
                }
            }
        }

        return failing;
    }

    private static IEnumerable<object> Simpler(object value, object simplest)
    {
        if (Equals(value, simplest))
        {
            return [];
        }

        return value is int number && simplest is int least && number > least + 2
            ? [simplest, least + ((number - least) / 2), number - 1]
            : [simplest];
    }
}

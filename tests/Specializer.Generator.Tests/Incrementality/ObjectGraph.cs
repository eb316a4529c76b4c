using System;
using System.Collections;
using System.Collections.Generic;
using System.Reflection;

namespace Specializer.Generator.Tests.Incrementality;

/// <summary>Everything that an object holds on to.</summary>
internal static class ObjectGraph
{
    /// <summary>Every object reachable through fields and elements, each once, with the path by which it was found first.</summary>
    public static IEnumerable<(object Node, string Path)> Walk(object root)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Stack<(object Node, string Path)>();
        open.Push((root, root.GetType().Name));
        while (open.TryPop(out (object Node, string Path) at))
        {
            if (!seen.Add(at.Node))
            {
                continue;
            }

            yield return at;
            Type type = at.Node.GetType();
            if (type.IsPrimitive || type.IsEnum || at.Node is string or Type or Pointer)
            {
                continue;
            }

            if (at.Node is Array array)
            {
                foreach (object? element in (IEnumerable)array)
                {
                    Push(element, at.Path + "[]");
                }

                continue;
            }

            for (Type? level = type; level is not null; level = level.BaseType)
            {
                foreach (
                    FieldInfo field in level.GetFields(
                        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly
                    )
                )
                {
                    Push(field.GetValue(at.Node), at.Path + "." + field.Name);
                }
            }
        }

        void Push(object? node, string path)
        {
            if (node is not null)
            {
                open.Push((node, path));
            }
        }
    }
}

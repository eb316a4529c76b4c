using System.Collections.Generic;
using System.Linq;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Specializer.TestKit;

/// <summary>The trait of a <see cref="FeatureAttribute"/> that applies to all tests of a method or class.</summary>
public sealed class FeatureDiscoverer : ITraitDiscoverer
{
    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, string>> GetTraits(IAttributeInfo traitAttribute)
    {
        object[] arguments = [.. traitAttribute.GetConstructorArguments()];
        bool hasCases = arguments.Length > 1 && ((IEnumerable<object>)arguments[1]).Any();
        return hasCases ? [] : [KeyValuePair.Create(FeatureAttribute.Trait, (string)arguments[0])];
    }
}

using System;
using Xunit.Sdk;

namespace Specializer.TestKit;

/// <summary>
/// Declares a feature that a test covers: <c>dotnet test --filter Feature=alibi</c> runs the tests of one, and docs/coverage.md
/// is written from them.
/// </summary>
/// <param name="name">The feature, in lower case with hyphens.</param>
/// <param name="cases">
/// The cases of a theory that cover it, by one of their arguments; a case that ends with * matches every argument with that
/// prefix. Without cases, all tests of the method or class cover the feature.
/// </param>
/// <remarks>Cases need <see cref="FeatureFramework"/> as the test framework of the assembly.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
[TraitDiscoverer("Specializer.TestKit.FeatureDiscoverer", "Specializer.TestKit")]
public sealed class FeatureAttribute(string name, params string[] cases) : Attribute, ITraitAttribute
{
    /// <summary>The name of the trait.</summary>
    public const string Trait = "Feature";

    /// <summary>The feature.</summary>
    public string Name => name;

    /// <summary>The cases that show it; empty for all.</summary>
    public string[] Cases => cases;
}

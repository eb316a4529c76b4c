using Xunit;

[assembly: TestFramework("Specializer.TestKit.FeatureFramework", "Specializer.TestKit")]

using Xunit;

// The samples share projects, which only one build at a time can write.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

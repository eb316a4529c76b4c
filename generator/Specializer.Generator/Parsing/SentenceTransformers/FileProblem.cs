using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.SentenceTransformers;

/// <summary>Something that is wrong with a file beside a config.json.</summary>
/// <param name="File">The file.</param>
/// <param name="Name">Its path from the config.json's folder: "1_Pooling/config.json".</param>
/// <param name="Problem">What is wrong, and where in the file.</param>
internal sealed record FileProblem(ConfigurationFile File, string Name, ConfigurationProblem Problem);

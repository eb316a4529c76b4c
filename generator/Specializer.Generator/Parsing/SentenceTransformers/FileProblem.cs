using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.SentenceTransformers;

/// <summary>A problem in a file beside a config.json.</summary>
/// <param name="File">The file.</param>
/// <param name="Name">Its path relative to the folder of the config.json: "1_Pooling/config.json".</param>
/// <param name="Problem">The problem and its position in the file.</param>
internal sealed record FileProblem(ConfigurationFile File, string Name, ConfigurationProblem Problem);

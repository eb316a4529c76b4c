using System;
using System.IO;
using Pronounce.Evaluation;
using Specializer;

namespace Pronounce;

/// <summary>Pronounces words, or measures the error rates.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        try
        {
            Settings? settings = new CommandLine().Read(arguments, out int exitCode);
            return settings is null ? exitCode
                : settings.Evaluate ? EvaluateCommand.Run(settings)
                : SpeakCommand.Run(settings);
        }
        catch (Exception exception) when (exception is PronounceException or WeightsException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"error: {exception.Message}");
            return 1;
        }
    }
}

using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Specializer.Benchmarks;

/// <summary>
/// A process with a model in PyTorch that receives commands line by line (<c>benchmarks/Peers/PyTorch/torch_peer.py</c>).
/// </summary>
internal sealed class TorchProcess : IDisposable
{
    private const string Script = "benchmarks/Peers/PyTorch/torch_peer.py";

    private readonly Process _process;
    private readonly string _resultFile = Path.GetTempFileName();

    /// <summary>Starts a process.</summary>
    /// <param name="checkpoint">A safetensors file.</param>
    /// <param name="configuration">The properties of the model that the script needs.</param>
    /// <param name="threads">The number of threads of PyTorch and its OpenBLAS.</param>
    /// <exception cref="PeerMissingException">Python with PyTorch is not installed.</exception>
    public TorchProcess(string checkpoint, object configuration, int threads)
    {
        if (!File.Exists(Script))
        {
            throw new PeerMissingException($"{Script} does not exist; start the benchmarks from the root of the project");
        }

        // Debian's PyTorch requires Debian's Python, whatever comes first in the path.
        string python =
            Environment.GetEnvironmentVariable("SPECIALIZER_PEER_PYTHON")
            ?? (File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3");
        var start = new ProcessStartInfo(
            python,
            [Script, checkpoint, JsonSerializer.Serialize(configuration), threads.ToString(CultureInfo.InvariantCulture)]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["OPENBLAS_NUM_THREADS"] = start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        if (System.Runtime.Intrinsics.X86.Avx512F.IsSupported)
        {
            start.Environment["OPENBLAS_CORETYPE"] = "SkylakeX";
        }

        try
        {
            _process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new PeerMissingException($"{python} cannot be started: {exception.Message}");
        }

        _process.ErrorDataReceived += static (_, _) => { };
        if (_process.StandardOutput.ReadLine() is not { } ready || !ready.StartsWith("ready", StringComparison.Ordinal))
        {
            string error = _process.StandardError.ReadToEnd().Trim();
            throw new PeerMissingException(
                $"{python} has no PyTorch (install the package python3-torch, as benchmarks/Peers/install does): {error.Split('\n').LastOrDefault()}"
            );
        }

        _process.BeginErrorReadLine();
    }

    /// <summary>The results of the last call.</summary>
    public float[] Result
    {
        get
        {
            Call("result", _resultFile);
            return MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(_resultFile)).ToArray();
        }
    }

    /// <summary>Runs a command and waits for its end.</summary>
    public void Call(params object[] command)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(command));
        _process.StandardInput.Flush();
        if (_process.StandardOutput.ReadLine() != "done")
        {
            throw new InvalidOperationException("PyTorch's process ended.");
        }
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        File.Delete(_resultFile);
    }
}

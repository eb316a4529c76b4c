using System;
using System.Threading;
using Xunit.Sdk;

namespace Specializer.Tests.EndToEnd;

/// <summary>A call on a thread of its own, whose exception is kept.</summary>
internal sealed class BackgroundCall
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly Thread _thread;
    private Exception? _exception;

    private BackgroundCall(Action call)
    {
        _thread = new Thread(() => _exception = Xunit.Record.Exception(call)) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Begins a call.</summary>
    public static BackgroundCall Start(Action call) => new(call);

    /// <summary>Waits for a signal of another thread, and fails rather than waiting for ever.</summary>
    public static void Await(ManualResetEventSlim signal)
    {
        if (!signal.Wait(s_limit))
        {
            throw new XunitException("The other thread gave no signal.");
        }
    }

    /// <summary>Waits for the end of the call.</summary>
    /// <returns>The exception of the call, if there is one.</returns>
    public Exception? Join() => _thread.Join(s_limit) ? _exception : throw new XunitException("The call on another thread does not end.");
}

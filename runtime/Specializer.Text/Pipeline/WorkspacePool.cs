using System.Collections.Concurrent;
using System.Threading;

namespace Specializer.Text.Pipeline;

/// <summary>Workspaces that are not in use.</summary>
internal sealed class WorkspacePool
{
    private const int MaximumKept = 64;
    private readonly ConcurrentQueue<Workspace> _others = new();
    private Workspace? _last;

    public Workspace Rent()
    {
        Workspace? workspace = Interlocked.Exchange(ref _last, null);
        return workspace ?? (_others.TryDequeue(out workspace) ? workspace : new Workspace());
    }

    public void Return(Workspace workspace)
    {
        workspace.Trim();
        Workspace? other = Interlocked.Exchange(ref _last, workspace);
        if (other is not null && _others.Count < MaximumKept)
        {
            _others.Enqueue(other);
        }
    }
}

using Cairn.Dashboard.Runs;
using Cairn.Dashboard.Server;

namespace Cairn.Dashboard.Live;

/// <summary>The servers of this program: trainings that ask for the same address share a page.</summary>
internal static class SharedServers
{
    private const int OtherPorts = 20;
    private static readonly Lock Gate = new();
    private static readonly List<(ServerSettings Settings, DashboardServer Server, int Users)> Open = [];

    /// <summary>The server of an address; started if there is none.</summary>
    /// <exception cref="IOException">It can't be started.</exception>
    public static DashboardServer Take(ServerSettings settings)
    {
        lock (Gate)
        {
            int index = settings.Port == 0 ? -1 : Open.FindIndex(one => one.Settings == settings);
            if (index >= 0)
            {
                Open[index] = Open[index] with { Users = Open[index].Users + 1 };
                return Open[index].Server;
            }

            var server = DashboardServer.Start(settings with { OtherPorts = OtherPorts }, new RunCatalog());
            Open.Add((settings, server, 1));
            return server;
        }
    }

    /// <summary>Stops a server when its last user releases it.</summary>
    public static void Return(DashboardServer server)
    {
        lock (Gate)
        {
            int index = Open.FindIndex(one => one.Server == server);
            if (index < 0)
            {
                return;
            }

            Open[index] = Open[index] with { Users = Open[index].Users - 1 };
            if (Open[index].Users > 0)
            {
                return;
            }

            Open.RemoveAt(index);
        }

        server.Dispose();
    }
}

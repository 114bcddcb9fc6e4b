using System.Net;

namespace Cairn.Dashboard.Server;

/// <summary>The address at which a page is served.</summary>
internal sealed record ServerSettings
{
    /// <summary>The host name of the local machine.</summary>
    public const string Localhost = "localhost";

    /// <summary>The largest port.</summary>
    public const int MostPort = 65_535;

    /// <summary>The port; 0 for any free one.</summary>
    public int Port { get; init; }

    /// <summary>The address to listen on: <see cref="Localhost"/>, or an IP address such as <c>0.0.0.0</c>.</summary>
    public string Host { get; init; } = Localhost;

    /// <summary>Whether the page is reachable from this machine only.</summary>
    public bool IsLoopback => Host == Localhost || (IPAddress.TryParse(Host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>Number of following ports to try if the port is in use.</summary>
    public int OtherPorts { get; init; }

    /// <summary>Throws if the settings are not an address to listen on.</summary>
    /// <exception cref="ArgumentException">The host is neither <c>localhost</c> nor an IP address.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port is out of its range.</exception>
    public static void Check(int port, string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (port is < 0 or > MostPort)
        {
            throw new ArgumentOutOfRangeException(nameof(port), port, $"port must be 0, for any free one, or from 1 to {MostPort}.");
        }

        if (host != Localhost && !IPAddress.TryParse(host, out _))
        {
            throw new ArgumentException(
                $"host must be \"localhost\", or the IP address to listen on, such as \"0.0.0.0\" for all; got \"{host}\".", nameof(host));
        }
    }
}

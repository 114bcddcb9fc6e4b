using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Cairn.Dashboard.Runs;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Cairn.Dashboard.Server;

/// <summary>
/// Serves the page. Kestrel is used without a host: a host would take over Ctrl-C, read settings from the environment and write a log.
/// </summary>
internal sealed class DashboardServer : IDisposable
{
    private const int TokenBytes = 24;
    private const int MostConnections = 4096;
    private const int MostHeaderBytes = 16 * 1024;
    private const int MostPendingBytes = 32 * 1024;
    private static readonly TimeSpan HeaderTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(2);

    private readonly KestrelServer server;
    private readonly CancellationTokenSource ending = new();

    private DashboardServer(KestrelServer server, RunCatalog runs, string token, bool isLoopback)
    {
        this.server = server;
        (Runs, Token, IsLoopback) = (runs, token, isLoopback);
    }

    /// <summary>The runs that are shown.</summary>
    public RunCatalog Runs { get; }

    /// <summary>The token that a page must send to request changes.</summary>
    public string Token { get; }

    /// <summary>Whether the page is reachable from this machine only.</summary>
    public bool IsLoopback { get; }

    /// <summary>The port that the server listens on.</summary>
    public int Port { get; private set; }

    /// <summary>The address of the page, without the token.</summary>
    public string Address { get; private set; } = "";

    /// <summary>The address with the token. Browsers never send the part after <c>#</c>.</summary>
    public string AddressWithToken => $"{Address}#token={Token}";

    /// <summary>Cancelled when the server stops.</summary>
    public CancellationToken Ending => ending.Token;

    /// <summary>Starts a server.</summary>
    /// <exception cref="IOException">The port is in use, or may not be used.</exception>
    public static DashboardServer Start(ServerSettings settings, RunCatalog runs)
    {
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        for (int more = 0; ; more++)
        {
            int port = settings.Port == 0 ? 0 : settings.Port + more;
            var server = new DashboardServer(Create(settings, port), runs, token, settings.IsLoopback);
            try
            {
                server.Listen(settings.Host);
                return server;
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                server.Dispose();
                if (settings.Port == 0 || more >= settings.OtherPorts || port >= ServerSettings.MostPort)
                {
                    throw new IOException($"The page can't be served on port {port}: {exception.Message}", exception);
                }
            }
        }
    }

    /// <summary>Closes all connections and releases the port.</summary>
    public void Dispose()
    {
        ending.Cancel();
        try
        {
            using var time = new CancellationTokenSource(EndTime);
            Task.Run(() => server.StopAsync(time.Token)).Wait();
        }
        catch (AggregateException)
        {
            // It had not started, or a connection did not end in time; Dispose closes it.
        }

        server.Dispose();
    }

    private static KestrelServer Create(ServerSettings settings, int port)
    {
        var options = new KestrelServerOptions
        {
            AddServerHeader = false,
            ApplicationServices = new ServiceCollection().AddLogging().BuildServiceProvider(),
        };
        options.Limits.MaxConcurrentConnections = MostConnections;
        options.Limits.MaxConcurrentUpgradedConnections = 0;
        options.Limits.MaxRequestBodySize = RequestBody.MostBytes;
        options.Limits.MaxRequestHeadersTotalSize = MostHeaderBytes;
        options.Limits.MaxResponseBufferSize = MostPendingBytes;
        options.Limits.RequestHeadersTimeout = HeaderTime;
        if (settings.Host != ServerSettings.Localhost)
        {
            options.Listen(IPAddress.Parse(settings.Host), port, Http1);
        }
        else if (port == 0)
        {
            // A free port of both families can't be asked for.
            options.Listen(IPAddress.Loopback, port, Http1);
        }
        else
        {
            options.ListenLocalhost(port, Http1);
        }

        return new KestrelServer(
            Options.Create(options),
            new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance);
    }

    private static void Http1(ListenOptions listen) => listen.Protocols = HttpProtocols.Http1;

    private void Listen(string host)
    {
        Task.Run(() => server.StartAsync(new RequestHandler(this), CancellationToken.None)).GetAwaiter().GetResult();
        string bound = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Port = new Uri(bound.Replace("[::]", "localhost", StringComparison.Ordinal)
            .Replace("0.0.0.0", "localhost", StringComparison.Ordinal)).Port;
        string name = !IPAddress.TryParse(host, out IPAddress? address) ? host
            : address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? Dns.GetHostName()
            : address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        Address = string.Create(CultureInfo.InvariantCulture, $"http://{name}:{Port}/");
    }
}

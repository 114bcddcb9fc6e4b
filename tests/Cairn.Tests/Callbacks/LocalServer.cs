using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cairn.Tests.Callbacks;

/// <summary>A local server that records requests and always gives the same response, or none.</summary>
internal sealed class LocalServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> clients = [];
    private readonly string? answer;

    /// <param name="answer">Status and reason, such as <c>200 OK</c>; null for no response.</param>
    public LocalServer(string? answer = "200 OK")
    {
        this.answer = answer;
        listener.Start();
        _ = ServeAsync();
    }

    public string Root => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>Request line, headers and body of each request, in order.</summary>
    public List<(string Line, Dictionary<string, string> Headers, string Body)> Requests { get; } = [];

    public void Dispose()
    {
        listener.Dispose();
        foreach (TcpClient client in clients)
        {
            client.Dispose();
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync();
                clients.Add(client);
                if (answer is not null)
                {
                    _ = AnswerAsync(client.GetStream());
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        var bytes = new List<byte>();
        while (true)
        {
            string line = await ReadLineAsync(stream, bytes);
            if (line.Length == 0)
            {
                return;
            }

            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            while (await ReadLineAsync(stream, bytes) is { Length: > 0 } header)
            {
                int colon = header.IndexOf(':');
                headers[header[..colon]] = header[(colon + 1)..].Trim();
            }

            byte[] body = new byte[int.Parse(headers["Content-Length"], CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(body);
            Requests.Add((line, headers, Encoding.UTF8.GetString(body)));
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n"));
        }
    }

    private static async Task<string> ReadLineAsync(NetworkStream stream, List<byte> bytes)
    {
        bytes.Clear();
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one) == 1 && one[0] != '\n')
        {
            bytes.Add(one[0]);
        }

        return Encoding.ASCII.GetString([.. bytes]).TrimEnd('\r');
    }
}

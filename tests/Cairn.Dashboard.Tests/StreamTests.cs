using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Cairn.Dashboard.Runs;

namespace Cairn.Dashboard.Tests;

/// <summary>Server-sent events: everything arrives once, in order, and a viewer that does not read costs nothing.</summary>
public sealed class StreamTests
{
    [Fact]
    public async Task A_viewer_gets_what_there_is_then_what_is_new_and_after_a_break_what_it_lacks()
    {
        using var client = new Client();
        var run = new FixedRun("a");
        client.Server.Runs.Add(run);
        Add(run, 0, 1);
        using var http = new HttpClient();
        string id;
        using (StreamReader stream = await Open(http, client, null))
        {
            (id, JsonElement first) = await Next(stream);
            Assert.Equal([0, 1], Epochs(first));
            Assert.True(first.GetProperty("reset").GetBoolean());
            Add(run, 2, 2);
            (id, JsonElement second) = await Next(stream);
            Assert.Equal([2], Epochs(second));
            Assert.False(second.GetProperty("reset").GetBoolean());
        }

        Add(run, 3, 4);
        using StreamReader again = await Open(http, client, id);
        (_, JsonElement missed) = await Next(again);
        Assert.Equal([3, 4], Epochs(missed));

        run.Log.Restart();
        Add(run, 0, 0);
        (_, JsonElement anew) = await Next(again);
        Assert.Equal((true, 1), (anew.GetProperty("reset").GetBoolean(), Epochs(anew).Length));
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("1.2.3.4.5.6")]
    [InlineData("-1.-1.-9.0.0.0")]
    [InlineData("99999999999999999999.0.0.0.0.0")]
    public async Task A_wrong_place_to_go_on_from_begins_anew(string id)
    {
        using var client = new Client();
        var run = new FixedRun("a");
        client.Server.Runs.Add(run);
        Add(run, 0, 1);
        using var http = new HttpClient();
        using StreamReader stream = await Open(http, client, id);
        (_, JsonElement message) = await Next(stream);
        Assert.Equal([0, 1], Epochs(message));
    }

    [Fact]
    public async Task Viewers_that_stop_reading_keep_no_memory_and_others_are_served()
    {
        using var client = new Client();
        var run = new FixedRun("a");
        client.Server.Runs.Add(run);
        Add(run, 0, 0);
        var stalled = new List<Socket>();
        for (int i = 0; i < 50; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
            socket.Connect(IPAddress.Loopback, client.Server.Port);
            socket.Send("GET /api/runs/a/stream HTTP/1.1\r\nHost: localhost\r\n\r\n"u8);
            stalled.Add(socket);
        }

        await Task.Delay(300);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int epoch = 1; epoch <= 20_000; epoch++)
        {
            Add(run, epoch, epoch);
            if (epoch % 4000 == 0)
            {
                await Task.Delay(300);
            }
        }

        long own = GC.GetTotalMemory(forceFullCollection: true) - before;

        // The run itself has 20,000 epochs, and messages in flight are shared; a queue for each viewer would be 50 times that.
        Assert.True(own < 40 << 20, $"{own} bytes");
        using var http = new HttpClient();
        using StreamReader reader = await Open(http, client, null);
        Assert.Equal(20_001, Epochs((await Next(reader)).Message).Length);
        stalled.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public void Batch_values_are_thinned_and_not_lost_at_their_end()
    {
        var log = new RunLog("a", "a", "live");
        for (int batch = 0; batch < 50_000; batch++)
        {
            log.Add(batch / 1000, batch % 1000, [new("loss", batch)], new RunProgress());
        }

        using var json = JsonDocument.Parse(log.Since(RunCursor.Start).Message);
        double[] values = [.. json.RootElement.GetProperty("batches").GetProperty("values").GetProperty("loss").EnumerateArray()
            .Select(value => value.GetDouble())];
        Assert.InRange(values.Length, 2000, 4097);
        Assert.Equal(49_999, values[^1]);
        Assert.Equal(values.Order(), values);
    }

    private static void Add(FixedRun run, int first, int last)
    {
        for (int epoch = first; epoch <= last; epoch++)
        {
            run.Log.Add(new EpochRow(epoch, [new("loss", 1.0 / (epoch + 1)), new("val_loss", epoch)]));
        }
    }

    private static async Task<StreamReader> Open(HttpClient http, Client client, string? id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(client.Root, "/api/runs/a/stream"));
        if (id is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", id);
        }

        HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        return new StreamReader(await answer.Content.ReadAsStreamAsync());
    }

    private static async Task<(string Id, JsonElement Message)> Next(StreamReader stream)
    {
        string id = "";
        while (await stream.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                id = line[4..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return (id, JsonDocument.Parse(line[6..]).RootElement);
            }
        }

        throw new EndOfStreamException();
    }

    private static int[] Epochs(JsonElement message) =>
        [.. message.GetProperty("epochs").GetProperty("epoch").EnumerateArray().Select(epoch => epoch.GetInt32())];
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Cairn.Benchmarks;

/// <summary>Browsers that follow a run on the page and read everything, in a process of their own.</summary>
internal sealed class PageViewers : IDisposable
{
    /// <summary>The first argument of this program that makes it a process with viewers.</summary>
    public const string Worker = "viewers";

    private readonly Process? process;

    /// <summary>Starts the process.</summary>
    /// <param name="count">Number of viewers; no process is started for 0.</param>
    public PageViewers(int count)
    {
        if (count > 0)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet"
                ? path : "dotnet",
                [typeof(PageViewers).Assembly.Location, Worker, count.ToString(CultureInfo.InvariantCulture)])
            { RedirectStandardInput = true, RedirectStandardOutput = true };
            process = Process.Start(start)!;
        }
    }

    /// <summary>Makes all viewers follow the newest run of a page; returns when each has received its first message.</summary>
    public void Follow(string address)
    {
        if (process is not null)
        {
            process.StandardInput.WriteLine(StreamOfNewestRun(address));
            process.StandardInput.Flush();
            _ = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The process with the viewers has ended.");
        }
    }

    /// <summary>The address of the server-sent events of the run that began last.</summary>
    public static Uri StreamOfNewestRun(string address)
    {
        using var http = new HttpClient();
        using var runs = JsonDocument.Parse(http.GetStringAsync(new Uri(new Uri(address), "/api/runs")).GetAwaiter().GetResult());
        string id = runs.RootElement.GetProperty("runs").EnumerateArray().Last().GetProperty("id").GetString()!;
        return new Uri(new Uri(address), $"/api/runs/{id}/stream");
    }

    public void Dispose()
    {
        if (process is not null)
        {
            process.StandardInput.Close();
            process.WaitForExit();
            process.Dispose();
        }
    }

    /// <summary>The body of the process: reads addresses from standard input, and answers each with a line.</summary>
    public static void Serve(int count)
    {
        using var http = new HttpClient();
        CancellationTokenSource? ending = null;
        while (Console.ReadLine() is { } address)
        {
            ending?.Cancel();
            ending = new CancellationTokenSource();
            TaskCompletionSource[] begun = [.. Enumerable.Range(0, count).Select(_ => new TaskCompletionSource())];
            foreach (TaskCompletionSource one in begun)
            {
                _ = Read(http, new Uri(address), one, ending.Token);
            }

            Task.WaitAll([.. begun.Select(one => one.Task)]);
            Console.WriteLine("following");
        }

        ending?.Cancel();
    }

    private static async Task Read(HttpClient http, Uri stream, TaskCompletionSource begun, CancellationToken end)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(stream, HttpCompletionOption.ResponseHeadersRead, end);
            await using Stream body = await answer.Content.ReadAsStreamAsync(end);
            byte[] buffer = new byte[8192];
            while (await body.ReadAsync(buffer, end) > 0)
            {
                begun.TrySetResult();
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException)
        {
            // The measurement is over, or the page is not there, which ends this process.
            begun.TrySetException(exception);
        }
    }
}

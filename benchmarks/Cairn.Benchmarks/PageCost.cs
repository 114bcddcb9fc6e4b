using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cairn.Benchmarks.Rival;
using Cairn.Callbacks;
using Cairn.Dashboard.Folders;
using Cairn.Dashboard.Runs;
using TorchSharp;

namespace Cairn.Benchmarks;

/// <summary>
/// The cost of the live page in an epoch of 4,000 steps, without and with viewers, and the time in which a folder of runs opens.
/// </summary>
internal static class PageCost
{
    private const int Steps = 4_000;
    private const int Runs = 500;
    private const int Epochs = 1_000;

    public static void Print(int pairs)
    {
        int threads = torch.get_num_threads();
        torch.set_num_threads(1);
        var workload = Workload.Mlp(batchSize: 32, Steps);
        Console.WriteLine();
        Console.WriteLine("| Live page, epoch of 4,000 steps | With | Without | Ratio (median) | Ratio (min–max) |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (int viewers in (int[])[0, 1, 100])
        {
            using var page = new LivePage(port: 0, verbose: 0);
            using var with = new CairnTraining(workload, new CallbackLoad("page", _ => [page]));
            using var without = new CairnTraining(workload, CallbackLoad.None);
            with.Run();
            using var watching = new Viewers(page.Address!, viewers);
            Comparison found = AlternatingRunner.Run(
                () =>
                {
                    watching.Follow();
                    with.Run();
                }, without.Run, 1, pairs);
            Console.WriteLine($"| {viewers} viewers | {found.ToCells()} |");
        }

        torch.set_num_threads(threads);
        PrintFolder();
    }

    private static void PrintFolder()
    {
        string folder = Directory.CreateTempSubdirectory("cairn-benchmark-").FullName;
        var text = new StringBuilder("epoch,accuracy,learning_rate,loss,val_accuracy,val_loss\r\n");
        var random = new Random(1);
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{epoch},{random.NextDouble()},0.0010000000474974513,{random.NextDouble()},{random.NextDouble()},{random.NextDouble()}\r\n");
        }

        for (int run = 0; run < Runs; run++)
        {
            File.WriteAllText(Path.Combine(folder, $"run{run}.csv"), text.ToString());
        }

        var watch = Stopwatch.StartNew();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        var catalog = new RunCatalog();
        using (RunFolder.Open(folder, catalog))
        {
            Console.WriteLine();
            Console.WriteLine($"{catalog.All.Length} runs of {Epochs} epochs: {watch.Elapsed.TotalSeconds:F2} s, "
                + $"{(Environment.CpuUsage.TotalTime - before).TotalSeconds:F2} s of processor time");
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Browsers that follow the run under way, and read everything.</summary>
    private sealed class Viewers(string address, int count) : IDisposable
    {
        private readonly HttpClient http = new();
        private readonly Uri root = new(address);
        private CancellationTokenSource ending = new();

        /// <summary>Follows the newest run; a training of its own for each measurement.</summary>
        public void Follow()
        {
            ending.Cancel();
            ending = new CancellationTokenSource();
            string runs = http.GetStringAsync(new Uri(root, "/api/runs")).GetAwaiter().GetResult();
            int start = runs.LastIndexOf("live-", StringComparison.Ordinal);
            string newest = runs[start..runs.IndexOf('"', start)];
            for (int viewer = 0; viewer < count; viewer++)
            {
                _ = Read(new Uri(root, $"/api/runs/{newest}/stream"), ending.Token);
            }
        }

        public void Dispose()
        {
            ending.Cancel();
            http.Dispose();
        }

        private async Task Read(Uri stream, CancellationToken end)
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(stream, HttpCompletionOption.ResponseHeadersRead, end);
                await using Stream body = await answer.Content.ReadAsStreamAsync(end);
                byte[] buffer = new byte[8192];
                while (await body.ReadAsync(buffer, end) > 0)
                {
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException)
            {
                // The measurement is over.
            }
        }
    }
}

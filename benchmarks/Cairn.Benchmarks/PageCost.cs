using System.Net;
using System.Net.Sockets;
using System.Text;
using Cairn.Benchmarks.Rival;
using Cairn.Callbacks;
using TorchSharp;

namespace Cairn.Benchmarks;

/// <summary>
/// The cost of the live page in an epoch of 4,000 steps, without and with viewers that follow the run under way, and the memory that
/// viewers cost which do not read.
/// </summary>
/// <remarks>
/// Both sides are trained with the same callback that measures the epoch, so that connecting the viewers, which happens before the first
/// epoch, is not part of the measurement. The viewers are a process of their own, as browsers are.
/// </remarks>
internal static class PageCost
{
    private const int Steps = 4_000;
    private const int Stalled = 100;

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
            PrintTime(workload, viewers, pairs);
        }

        PrintMemory(workload);
        torch.set_num_threads(threads);
    }

    private static void PrintTime(Workload workload, int viewers, int pairs)
    {
        var clock = new EpochClock();
        using var page = new LivePage(port: 0, verbose: 0);
        using var watching = new PageViewers(viewers);
        using var with = new CairnTraining(workload,
            new CallbackLoad("page", _ => [page, new LambdaCallback(onTrainBegin: _ => watching.Follow(page.Address!)), clock]));
        using var without = new CairnTraining(workload, new CallbackLoad("none", _ => [clock]));
        Comparison found = AlternatingRunner.Run(with.Run, without.Run, 1, pairs, () => clock.Total);
        Console.WriteLine($"| {viewers} viewers | {found.ToCells()} |");
    }

    private static void PrintMemory(Workload workload)
    {
        using var page = new LivePage(port: 0, verbose: 0);
        using var training = new CairnTraining(workload, new CallbackLoad("page", _ => [page]));
        training.Run();
        long without = Growth(training);
        var sockets = new List<Socket>();
        using var stalled = new CairnTraining(workload, new CallbackLoad("page",
            _ => [page, new LambdaCallback(onTrainBegin: _ => sockets.AddRange(NotReading(page.Address!)))]));
        stalled.Run();
        sockets.ForEach(socket => socket.Dispose());
        sockets.Clear();
        long with = Growth(stalled);
        sockets.ForEach(socket => socket.Dispose());
        Console.WriteLine();
        Console.WriteLine($"Managed memory after an epoch of {Steps} steps: {without / 1e6:F2} MB more than before it without viewers, "
            + $"{with / 1e6:F2} MB with {Stalled} that do not read");
    }

    private static long Growth(CairnTraining training)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        training.Run();
        return GC.GetTotalMemory(forceFullCollection: true) - before;
    }

    private static IEnumerable<Socket> NotReading(string address)
    {
        var root = new Uri(address);
        string path = PageViewers.StreamOfNewestRun(address).AbsolutePath;
        for (int viewer = 0; viewer < Stalled; viewer++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
            socket.Connect(IPAddress.Loopback, root.Port);
            socket.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            yield return socket;
        }
    }
}

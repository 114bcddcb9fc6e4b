using TorchSharp;

namespace Cairn.Benchmarks.Rival;

/// <summary>
/// An ordinary TorchSharp program that trains a <see cref="Workload"/>. It never touches Cairn, so that the process has the settings that
/// every TorchSharp program has. The benchmark <c>steps</c> starts it.
/// </summary>
internal static class RivalProgram
{
    /// <summary>The argument that asks for convolution weights with channels last.</summary>
    public const string ChannelsLast = "channels-last";

    public static int Main(string[] args)
    {
        if (args.Length == 0 || Workload.Named(args[0]) is not { } workload)
        {
            Console.Error.WriteLine($"Usage: Cairn.Benchmarks.Rival WORKLOAD [{ChannelsLast}]. Workloads: "
                + $"{string.Join(", ", Workload.All.Select(known => known.Key))}. It measures one epoch for each line of its input.");
            return 1;
        }

        using var training = new HandWrittenTraining(workload, channelsLast: args.Contains(ChannelsLast));
        MeasuredProcess.Serve(training.Run, $"{torch.get_num_threads()} libtorch threads, libtorch {torch.__version__}");
        return 0;
    }
}

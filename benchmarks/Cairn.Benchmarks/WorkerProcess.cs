using System.Diagnostics;
using Cairn.Benchmarks.Rival;

namespace Cairn.Benchmarks;

/// <summary>A process with one side of a comparison, which runs its work when told to.</summary>
internal sealed class WorkerProcess : IDisposable
{
    /// <summary>The first argument of this program that makes it one of Cairn's workers.</summary>
    public const string CairnWorker = "worker";

    // Threads that wait for work may still spin; the other side must not pay for them.
    private const int Pause = 30;

    private readonly Process process;

    // `dotnet` and not the program beside the assembly, which a copied reference doesn't always bring.
    private WorkerProcess(string assembly, params string[] arguments)
        : this(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
            (IEnumerable<string>)[Path.Combine(AppContext.BaseDirectory, assembly), .. arguments])
    {
    }

    private WorkerProcess(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        process = Process.Start(start)!;
        string ready = process.StandardOutput.ReadLine() ?? throw Ended();
        Settings = ready[(MeasuredProcess.Ready.Length + 1)..];
    }

    /// <summary>The settings of the process.</summary>
    public string Settings { get; }

    /// <summary>Cairn's <c>Fit</c>.</summary>
    public static WorkerProcess Cairn(Workload workload, bool withCallbacks) =>
        new("Cairn.Benchmarks.dll", CairnWorker, workload.Key, withCallbacks ? "callbacks" : "plain");

    /// <summary>The loop written by hand, in a program that has only TorchSharp.</summary>
    public static WorkerProcess ByHand(Workload workload, bool channelsLast) =>
        new("Cairn.Benchmarks.Rival.dll", workload.Key, channelsLast ? RivalProgram.ChannelsLast : "channels-first");

    /// <summary>Keras' <c>fit</c> on PyTorch.</summary>
    /// <param name="workload">The task.</param>
    /// <param name="python">A Python that has both.</param>
    public static WorkerProcess Keras(Workload workload, string python) =>
        new(python, (IEnumerable<string>)[Path.Combine(AppContext.BaseDirectory, "steps_keras.py"), workload.Key]);

    /// <summary>Another program.</summary>
    /// <param name="assembly">Its assembly, beside that of this program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static WorkerProcess Of(string assembly, params string[] arguments) => new(assembly, arguments);

    /// <summary>The body of Cairn's worker.</summary>
    /// <param name="args">The arguments that <see cref="Cairn"/> passes.</param>
    public static void ServeCairn(string[] args)
    {
        using var training = new CairnTraining(Workload.Named(args[1])!,
            args[2] == "plain" ? CallbackLoad.None : CallbackLoad.ThreeWithFile);
        MeasuredProcess.Serve(training.Run,
            $"{TorchSharp.torch.get_num_threads()} libtorch threads, libtorch {TorchSharp.torch.__version__}");
    }

    /// <summary>Runs one unit of work.</summary>
    public Measurement Measure()
    {
        Thread.Sleep(Pause);
        process.StandardInput.WriteLine("run");
        process.StandardInput.Flush();
        return Measurement.Parse(process.StandardOutput.ReadLine() ?? throw Ended());
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private InvalidOperationException Ended()
    {
        process.WaitForExit();
        return new InvalidOperationException($"The measured process ended with exit code {process.ExitCode}; see its output above.");
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Cairn.Dashboard.Live;
using Cairn.Dashboard.Runs;
using Cairn.Dashboard.Server;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Serves a page that shows the training while it runs: curves of batches and epochs, callback events, progress, the model and its
/// settings. From the page, users can stop the training, save the model, change the learning rate and add notes.
/// </summary>
/// <example>
/// <code>
/// model.Fit(x, y, epochs: 50, validationSplit: 0.2, callbacks: [new LivePage()]);
/// // Live page: http://localhost:6110/#token=…
/// </code>
/// </example>
/// <remarks>
/// <para>
/// Updates are pushed to the browser by server-sent events. The page loads nothing from other addresses. It is reachable from this machine
/// only, unless <c>host</c> says otherwise. The printed address contains a token that is required for changes. The page stays reachable
/// until the callback is disposed or the program ends, and several trainings in one program share it.
/// </para>
/// <para>
/// Requested actions are performed between two batches and recorded as events in the history (<see cref="EventKind.StopRequested"/>,
/// <see cref="EventKind.LastModelSaved"/>, <see cref="EventKind.LearningRateSet"/>, <see cref="EventKind.Note"/>), so that a run that is
/// resumed by <see cref="BackupAndRestore"/> keeps it. A run can be resumed with or without the page. If the page can't be served or fails,
/// a warning is shown and training continues.
/// </para>
/// </remarks>
public sealed partial class LivePage : Callback, IDisposable
{
    /// <summary>The port where none is given.</summary>
    public const int DefaultPort = 6110;

    private const string DefaultSaveDir = "saved";

    // A program may call Fit any number of times.
    private const int MostEnded = 100;

    // Ten updates per second are enough for viewers, and make the cost independent of the training speed.
    private static readonly long Interval = Stopwatch.Frequency / 10;
    private readonly ConcurrentQueue<RequestedAction> asked = new();
    private readonly Speed speed = new();
    private DashboardServer? server;
    private LiveRun? run;
    private History? history;
    private long nextTick;
    private volatile bool isAsked;
    private bool ended;

    /// <summary>Creates the callback.</summary>
    /// <param name="port">
    /// The port of the page, from 1 to 65535, or 0 for any free one. Default 6110. If it is in use, the next free one of the 20 that follow
    /// is taken.
    /// </param>
    /// <param name="host">
    /// Where to listen: <c>"localhost"</c> (default), or an IP address of this machine; <c>"0.0.0.0"</c> for all. Anyone who can reach that
    /// address can see the run.
    /// </param>
    /// <param name="name">The name of the run on the page; null (default) for the name of the model.</param>
    /// <param name="saveDir">The folder for models that are saved from the page. Default <c>saved</c>.</param>
    /// <param name="histogramFreq">
    /// Interval, in epochs, at which histograms of weights and gradients are shown; 0 (default) for never.
    /// </param>
    /// <param name="tags">Tags by which runs are grouped on the page; null (default) for none.</param>
    /// <param name="verbose">1 (default) prints the address of the page, 0 does not; see <see cref="Address"/>.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="host"/> is not an address to listen on, or <paramref name="saveDir"/> is empty.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="port"/> is not from 0 to 65535, or <paramref name="histogramFreq"/> is negative.
    /// </exception>
    public LivePage(
        int port = DefaultPort,
        string host = "localhost",
        string? name = null,
        string saveDir = DefaultSaveDir,
        int histogramFreq = 0,
        IEnumerable<string>? tags = null,
        int verbose = 1)
    {
        ServerSettings.Check(port, host);
        ArgumentException.ThrowIfNullOrWhiteSpace(saveDir);
        ArgumentOutOfRangeException.ThrowIfNegative(histogramFreq);
        (Port, Host, RunName, SaveDir, HistogramFreq, Verbose) = (port, host, name, saveDir, histogramFreq, verbose);
        Tags = [.. tags ?? []];
    }

    /// <summary>The port, as given.</summary>
    public int Port { get; }

    /// <summary>The address that the server listens on.</summary>
    public string Host { get; }

    /// <summary>The name of the run on the page; null for the name of the model.</summary>
    public string? RunName { get; }

    /// <summary>The folder for models that are saved from the page.</summary>
    public string SaveDir { get; }

    /// <summary>Interval, in epochs, at which histograms are shown; 0 for never.</summary>
    public int HistogramFreq { get; }

    /// <summary>Tags by which runs are grouped on the page.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>1 prints the address of the page.</summary>
    public int Verbose { get; }

    /// <summary>
    /// The address of the page with the token that allows changes; null before training begins, or if the page can't be served.
    /// </summary>
    public string? Address => server?.AddressWithToken;

    /// <inheritdoc/>
    public override bool OnlyOnFirstReplica => true;

    /// <inheritdoc/>
    public override bool UsesGradients => HistogramFreq > 0;

    internal override bool OnlyShows => true;

    internal override bool RunsUserCode => false;

    internal DashboardServer? Server => server;

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs) => Safely(() =>
    {
        (ended, isAsked, nextTick) = (false, false, 0);
        asked.Clear();
        history = Context?.History;
        speed.Start(Params);
        if (server is null)
        {
            server = SharedServers.Take(new ServerSettings { Port = Port, Host = Host });
            if (Verbose > 0)
            {
                Print($"Live page: {server.AddressWithToken}");
            }
        }

        run = new LiveRun(RunName ?? Model.Name, Ask);
        run.Log.Description = ModelDescription.Of(Model, Params, Tags);
        server.Runs.Add(run);
        server.Runs.Forget(one => one is LiveRun { Actions: null }, MostEnded);
        if (Context is not null)
        {
            Context.Happened += FollowLate;
        }

        run.Log.Status = RunStatus.Running;
    });

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs) => Safely(() =>
    {
        speed.BeginEpoch(epoch);
        Follow();
        run?.Report(speed.Now(Model));
    });

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        speed.Batch = batch + 1;
        if (isAsked)
        {
            Safely(DoWhatIsAsked);
        }

        long now = Stopwatch.GetTimestamp();
        if (now >= nextTick)
        {
            nextTick = now + Interval;
            Show(batch, logs);
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        speed.EndEpoch();
        Safely(() =>
        {
            DoWhatIsAsked();
            StopIfAsked(epoch);
            if (run is not null)
            {
                run.Log.Description = ModelDescription.WithMetrics(run.Log.Description, Model);
            }

            ShowWeights(epoch);
        });
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs) => Safely(() =>
    {
        Follow();
        run?.Report(speed.Now(Model) with { SecondsLeft = null });
        End(Failure is not null ? RunStatus.Failed
            : history?.Events.LastOrDefault()?.Kind == EventKind.Interrupted ? RunStatus.Interrupted
            : Model.StopTraining ? RunStatus.Stopped
            : RunStatus.Finished);
    });

    /// <summary>Stops serving the page, if no other callback of the program uses it.</summary>
    public void Dispose()
    {
        if (server is not null)
        {
            SharedServers.Return(server);
            server = null;
        }
    }

    /// <summary>Called if an exception ends the training without <see cref="OnTrainEnd"/>.</summary>
    internal override void WaitForWrites() => Safely(() =>
    {
        if (!ended)
        {
            Follow();
            End(RunStatus.Failed);
        }
    });

    internal override bool MayLog(string name) => false;

    internal static LivePage FromConfig(ConfigReader config) => new(
        config.Int("port", DefaultPort),
        config.OptionalString("host") ?? ServerSettings.Localhost,
        config.OptionalString("name"),
        config.OptionalString("save_dir") ?? DefaultSaveDir,
        config.Int("histogram_freq", 0),
        config.Has("tags") ? config.Strings("tags") : null,
        config.Int("verbose", 1));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["port"] = Port;
        config["host"] = Host;
        config["name"] = RunName;
        config["save_dir"] = SaveDir;
        config["histogram_freq"] = HistogramFreq;
        config["tags"] = new JsonArray([.. Tags.Select(tag => (JsonNode)tag)]);
        config["verbose"] = Verbose;
    }

    // Not in the hook itself: what a lambda captures would be allocated in every batch.
    private void Show(int batch, Logs logs) => Safely(() =>
    {
        Follow();
        run?.Log.Add(speed.Epoch, batch, [.. logs], speed.Now(Model));
    });

    private void End(RunStatus status)
    {
        ended = true;
        run?.End(status);
        server?.Runs.Touch();
    }

    // The callbacks after this one may record events in OnTrainEnd.
    private void FollowLate(TrainingEvent happened)
    {
        if (ended)
        {
            Safely(Follow);
        }
    }

    private void Follow()
    {
        if (history is not null && run is not null && run.Follow(history))
        {
            server?.Runs.Touch();
        }
    }

    private void Safely(Action show)
    {
        try
        {
            show();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Warn($"{Name}: the page may be incomplete; training continues: {exception.Message}", "failed");
        }
    }
}

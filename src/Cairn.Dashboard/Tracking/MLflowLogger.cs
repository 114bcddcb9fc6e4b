using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Dashboard.Tracking;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Logs a training to an MLflow server: a run with its settings, the values of every epoch, and the models that were saved.
/// </summary>
/// <example>
/// <code>
/// model.Fit(x, y, epochs: 20, callbacks: [new ModelCheckpoint("best.keras"), new MLflowLogger("http://localhost:5000", "digits")]);
/// </code>
/// </example>
/// <remarks>
/// Requests are those of MLflow's REST interface 2.0 (<c>runs/create</c>, <c>runs/log-batch</c>, <c>runs/update</c>), within its limits,
/// and are sent in the background in the order of the epochs. Artifacts are uploaded through the server (<c>mlflow-artifacts</c>), if it
/// serves them. A server that is down, slow or rejects a request causes one warning and never stops the training; unsent data is sent with
/// the next epoch. The first backup of <see cref="BackupAndRestore"/> waits at most two seconds for the ID of the run, so that a resumed
/// training continues the same MLflow run. At the end, the training waits at most <see cref="Patience"/> for the server.
/// </remarks>
public sealed class MLflowLogger : Callback
{
    private const string DefaultUri = "http://localhost:5000";
    private const string DefaultExperiment = "Default";
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(30);

    // A backup without the ID of the run would begin a second one when training resumes.
    private static readonly TimeSpan MostWaitForRun = TimeSpan.FromSeconds(2);
    private readonly MLflowClient client;
    private MLflowSender? sender;
    private string? warned;
    private bool ended;

    /// <summary>Creates the callback.</summary>
    /// <param name="trackingUri">Address of the server, <c>http</c> or <c>https</c>. Default <c>http://localhost:5000</c>.</param>
    /// <param name="experimentName">
    /// Name of the experiment, which is created if there is none. Default <c>Default</c>, which exists on every server.
    /// </param>
    /// <param name="runName">Name of the run; null (default) for the name of the model.</param>
    /// <param name="tags">Tags of the run; null (default) for none.</param>
    /// <param name="logModels">Whether models that callbacks save are uploaded as artifacts when training ends. Default true.</param>
    /// <param name="headers">HTTP headers to send, such as <c>Authorization</c>; null (default) for none.</param>
    /// <param name="patience">How long the end of the training waits for the server; more than zero. Default 30 seconds.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="trackingUri"/> is not a valid address, or <paramref name="experimentName"/> is empty.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="patience"/> is zero, negative, or more than a day.</exception>
    public MLflowLogger(
        string trackingUri = DefaultUri,
        string experimentName = DefaultExperiment,
        string? runName = null,
        IReadOnlyDictionary<string, string>? tags = null,
        bool logModels = true,
        IReadOnlyDictionary<string, string>? headers = null,
        TimeSpan? patience = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(trackingUri);
        ArgumentException.ThrowIfNullOrWhiteSpace(experimentName);
        if (!Uri.TryCreate(trackingUri, UriKind.Absolute, out Uri? address)
            || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException(
                $"trackingUri must be a URL such as \"http://localhost:5000\"; got \"{trackingUri}\".", nameof(trackingUri));
        }

        if (patience is { } given && (given <= TimeSpan.Zero || given > TimeSpan.FromDays(1)))
        {
            throw new ArgumentOutOfRangeException(nameof(patience), given, "patience must be more than zero and at most a day.");
        }

        TrackingUri = trackingUri;
        ExperimentName = experimentName;
        RunName = runName;
        Tags = new Dictionary<string, string>(tags ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        LogModels = logModels;
        Patience = patience ?? DefaultPatience;
        client = new MLflowClient(address, headers ?? new Dictionary<string, string>());
    }

    /// <summary>Address of the server.</summary>
    public string TrackingUri { get; }

    /// <summary>Name of the experiment.</summary>
    public string ExperimentName { get; }

    /// <summary>Name of the run; null for the name of the model.</summary>
    public string? RunName { get; }

    /// <summary>Tags of the run.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; }

    /// <summary>Whether saved models are uploaded.</summary>
    public bool LogModels { get; }

    /// <summary>How long the end of the training waits for the server.</summary>
    public TimeSpan Patience { get; }

    /// <summary>The ID of the run on the server; null before the server has answered.</summary>
    public string? RunId => sender?.RunId;

    internal override bool RunsUserCode => false;

    /// <inheritdoc/>
    public override bool OnlyOnFirstReplica => true;

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs)
    {
        (ended, warned) = (false, null);
        sender = new MLflowSender(client, ExperimentName, RunName ?? Model.Name, Tags);
        if (!Resuming)
        {
            sender.Begin(RunSettings.Of(Model, Params));
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        var values = logs.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        if (Context?.LearningRate is { } rate)
        {
            values.TryAdd("learning_rate", rate);
        }

        sender?.Send(epoch, values);
        Tell();
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs)
    {
        if (HadEnded || ended || sender is null)
        {
            return;
        }

        ended = true;
        TrainingEvent[] events = [.. Context?.History?.Events ?? []];
        string[] models = !LogModels ? [] :
        [
            .. events.Where(one => one.Kind is EventKind.ModelSaved or EventKind.LastModelSaved && File.Exists(one.Path))
                .Select(one => one.Path!).Distinct(),
        ];
        bool interrupted = events.LastOrDefault()?.Kind == EventKind.Interrupted;
        sender.End(Failure is not null ? "FAILED" : interrupted ? "KILLED" : "FINISHED", models, Patience);
        Tell();
    }

    /// <inheritdoc/>
    /// <returns>The MLflow run, and how much of the history it contains.</returns>
    public override SavedState? SaveState()
    {
        sender?.WaitForRun(Patience < MostWaitForRun ? Patience : MostWaitForRun);
        var state = new SavedState();
        state.Set("run_id", sender?.RunId);
        state.Set("artifact_uri", sender?.ArtifactUri);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!HadEnded)
        {
            sender?.GoOn(state.GetStringOrNull("run_id"), state.GetStringOrNull("artifact_uri"), RunSettings.Of(Model, Params));
        }
    }

    internal override bool MayLog(string name) => false;

    /// <summary>Called if an exception ends the training without <see cref="OnTrainEnd"/>.</summary>
    internal override void WaitForWrites()
    {
        if (!ended)
        {
            ended = true;
            sender?.End("FAILED", [], Patience);
        }
    }

    // Once for the same reason, on the training thread.
    private void Tell()
    {
        if (sender?.Problem is { } problem && problem != warned)
        {
            warned = problem;
            Warn(string.Create(CultureInfo.InvariantCulture,
                $"{Name}: the MLflow server at {TrackingUri} did not accept all data; training continues: {problem}"));
        }
    }

    internal static MLflowLogger FromConfig(ConfigReader config) => new(
        config.OptionalString("tracking_uri") ?? DefaultUri,
        config.OptionalString("experiment_name") ?? DefaultExperiment,
        config.OptionalString("run_name"),
        config.OptionalStringMap("tags"),
        config.Bool("log_models", true),
        patience: config.OptionalSeconds("patience"));

    /// <inheritdoc/>
    /// <remarks>Headers are not written, since they may contain a password or a token.</remarks>
    protected override void WriteConfig(JsonObject config)
    {
        config["tracking_uri"] = TrackingUri;
        config["experiment_name"] = ExperimentName;
        config["run_name"] = RunName;
        config["tags"] = new JsonObject(Tags.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        config["log_models"] = LogModels;
        config["patience"] = Patience.TotalSeconds;
    }
}

using System.Globalization;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Metrics;
using Cairn.Optimizers;
using Cairn.Training;
using static TorchSharp.torch;

namespace Cairn.Saving.Runs;

/// <summary>The parts of a run between two batches: they are captured as plain data, and put back.</summary>
/// <param name="model">The model, compiled and built, including the optimizer's state.</param>
/// <param name="callbacks">The callbacks of the run.</param>
/// <param name="at">The position of the run.</param>
/// <param name="together">The processes, if several train together.</param>
internal sealed class RunParts(Model model, CallbackList callbacks, RunState at, IDistributedRun? together)
{
    /// <summary>The name of the part that holds what the model and the settings were.</summary>
    public const string Run = "run";

    /// <summary>The name of the part that holds the position.</summary>
    public const string Position = "position";

    private const string OptimizerPart = "optimizer";
    private const string RandomPart = "random";
    private const string ReplicasPart = "replicas";
    private const string LibtorchGenerator = "cpu";
    private const string Threads = "threads";

    // The metrics of all processes in the middle of an epoch.
    private GatheredMetrics? gathered;

    /// <summary>The weights, and what the optimizer keeps.</summary>
    public IEnumerable<Variable> Variables => model.Weights.Concat(model.Optimizer!.SlotVariables);

    /// <summary>All layers, including nested ones, each once.</summary>
    public IEnumerable<Layer> Layers => LayersOf(model);

    /// <summary>Gathers what other processes have of a run that is about to be captured; all of them call it.</summary>
    public void Gather() => gathered = at.InEpoch ? together?.GatherMetrics() : null;

    /// <summary>Captures the run.</summary>
    /// <param name="identity">The properties that a resuming run must share.</param>
    /// <param name="epochs">The index of the epoch at which the run ends.</param>
    /// <param name="read">Takes the values of a variable.</param>
    public RunSnapshot Capture(string identity, int epochs, Func<Variable, WeightData> read)
    {
        Optimizer optimizer = model.Optimizer!;
        var run = new SavedState();
        run.Set("seed", (long)model.ResolveSeed());
        run.Set("stop_training", model.StopTraining);
        model.Draws.Save(run);
        run.Set(RunSnapshot.Epochs, epochs);
        run.Set(Threads, get_num_threads());
        var rate = new SavedState();
        rate.Set("steps", optimizer.Steps);
        rate.Set("averages_in_weights", optimizer.Inner.AveragesInWeights);
        rate.Set("learning_rate", optimizer.Schedule is null ? optimizer.LearningRate : null);
        var random = new SavedState();
        using Tensor generator = TorchSharp.torch.random.get_rng_state();
        random.Arrays[LibtorchGenerator] = generator;
        var parts = new OrderedDictionary<string, SavedState?>
        { [Run] = run, [Position] = at.Save(), [OptimizerPart] = rate, [RandomPart] = random };
        Layer[] layers = [.. Layers];
        for (int i = 0; i < layers.Length; i++)
        {
            if (layers[i].SaveState() is { } state)
            {
                parts[OfLayer(i)] = state;
            }
        }

        IReadOnlyList<Metric> metrics = model.MetricsWithState;
        for (int i = 0; i < metrics.Count; i++)
        {
            parts[OfMetric(i)] = gathered is null ? metrics[i].SaveState() : gathered.Whole[i];
        }

        if (gathered is not null)
        {
            parts[ReplicasPart] = gathered.OfEach;
        }

        IReadOnlyList<SavedState?> states = callbacks.SaveStates();
        for (int i = 0; i < states.Count; i++)
        {
            parts[OfCallback(i)] = states[i];
        }

        foreach (SavedState? part in parts.Values)
        {
            ArrayData.TakeFromTensors(part);
        }

        return new RunSnapshot { Identity = identity, Parts = parts, Variables = [.. Variables.Select(read)] };
    }

    /// <summary>Puts a run back.</summary>
    /// <param name="file">The file it comes from, for messages.</param>
    /// <param name="snapshot">The run.</param>
    /// <param name="hadEnded">Whether it had come to its end.</param>
    /// <param name="placed">Called when the position is known, before the callbacks get their states.</param>
    public void Put(string file, RunSnapshot snapshot, bool hadEnded, Action? placed = null)
    {
        IReadOnlyList<SavedState?> states = StatesOf(snapshot);
        callbacks.PrepareRestoring(states);
        Variable[] variables = [.. Variables];
        if (snapshot.Variables.Count != variables.Length)
        {
            throw new ModelFormatException($"it has {snapshot.Variables.Count} variables; the run has {variables.Length}.", file);
        }

        WeightTransfer.CheckShapes(snapshot.Variables.Zip(variables), file);
        WeightTransfer.Copy(snapshot.Variables.Zip(variables));
        PutLayers(snapshot);
        Optimizer optimizer = model.Optimizer!;
        SavedState rate = snapshot.Part(OptimizerPart);
        (optimizer.Steps, optimizer.Inner.AveragesInWeights) = (rate.GetInt64("steps"), rate.GetBoolean("averages_in_weights"));
        if (rate.GetDoubleOrNull("learning_rate") is { } number)
        {
            optimizer.LearningRate = number;
        }

        model.StopTraining = snapshot.Part(Run).GetBoolean("stop_training");
        model.Draws.Load(snapshot.Part(Run));
        PutRandom(snapshot.Part(RandomPart));
        at.Load(snapshot.Part(Position));
        placed?.Invoke();
        if (!hadEnded)
        {
            TellOfThreads(snapshot.Part(Run));
        }

        PutMetrics(snapshot);
        callbacks.LoadStates(states, at.InEpoch ? at.Epoch : Math.Max(at.Epoch - 1, 0), at.InEpoch);
    }

    // Sums over several threads may be rounded differently if the number of threads differs.
    private void TellOfThreads(SavedState run)
    {
        if (run.Values.ContainsKey(Threads) && run.GetInt32(Threads) is var before && before != get_num_threads())
        {
            callbacks.ShowWarning(
                $"The run was trained with {before} threads and continues with {get_num_threads()}; the results may differ in their last "
                    + $"bits from those of a run with {before}.");
        }
    }

    private static void PutRandom(SavedState random)
    {
        if (random.GetArray(LibtorchGenerator).SourceArray is not byte[] bytes)
        {
            throw new ModelFormatException("the state of the random generator does not consist of bytes.");
        }

        using Tensor state = tensor(bytes);
        TorchSharp.torch.random.set_rng_state(state);
    }

    private void PutLayers(RunSnapshot snapshot)
    {
        Layer[] layers = [.. Layers];
        for (int i = 0; i < layers.Length; i++)
        {
            if (snapshot.Parts.GetValueOrDefault(OfLayer(i)) is { } state)
            {
                layers[i].LoadState(state);
            }
        }
    }

    private void PutMetrics(RunSnapshot snapshot)
    {
        IReadOnlyList<Metric> metrics = model.MetricsWithState;
        model.ResetMetrics();
        for (int i = 0; i < metrics.Count; i++)
        {
            if (snapshot.Parts.GetValueOrDefault(OfMetric(i)) is { } state)
            {
                metrics[i].LoadState(state);
            }
            else if (at.InEpoch)
            {
                callbacks.ShowWarning($"The metric '{metrics[i].Name}' does not save its state (see Metric.SaveState); in "
                    + $"epoch {at.Epoch + 1} it covers only the batches after this restart.");
            }
        }

        if (together is not null && at.InEpoch)
        {
            together.PutMetrics(snapshot.Parts.GetValueOrDefault(ReplicasPart));
        }
    }

    /// <summary>
    /// The states of the callbacks of this process: all that were saved, or those by the names that are left where some run in the first
    /// process only.
    /// </summary>
    private IReadOnlyList<SavedState?> StatesOf(RunSnapshot snapshot)
    {
        IReadOnlyList<string> names = callbacks.StatefulNames;
        IReadOnlyList<string> saved = RunIdentity.CallbacksOf(snapshot.Identity);
        var states = new List<SavedState?>();
        int next = 0;
        foreach (string name in names)
        {
            while (next < saved.Count && saved[next] != name)
            {
                next++;
            }

            states.Add(snapshot.Parts.GetValueOrDefault(OfCallback(next++)));
        }

        return states;
    }

    /// <summary>A layer and all layers within it, each once.</summary>
    public static IEnumerable<Layer> LayersOf(Layer layer)
    {
        IEnumerable<Layer> inner = (layer is Model nested ? nested.Layers : []).Concat(layer.Sublayers.Select(part => part.Layer));
        return inner.SelectMany(LayersOf).Prepend(layer).Distinct();
    }

    private static string OfLayer(int index) => string.Create(CultureInfo.InvariantCulture, $"layers/{index}");

    private static string OfMetric(int index) => string.Create(CultureInfo.InvariantCulture, $"metrics/{index}");

    private static string OfCallback(int index) => string.Create(CultureInfo.InvariantCulture, $"callbacks/{index}");
}

using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Metrics;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Saving.Runs;

/// <content>Captures and restores the state of a run.</content>
internal sealed partial class RunKeeper
{
    private RunSnapshot Capture(Func<Variable, WeightData> read)
    {
        Optimizer optimizer = model.Optimizer!;
        var run = new SavedState();
        run.Set("seed", (long)model.ResolveSeed());
        run.Set("stop_training", model.StopTraining);
        model.Draws.Save(run);
        run.Set(RunSnapshot.Epochs, settings.Params.Epochs);
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
        Layer[] layers = [.. Parts(model)];
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
            parts[OfMetric(i)] = metrics[i].SaveState();
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

        return new RunSnapshot { Identity = identity, Parts = parts, Variables = [.. Variables().Select(read)] };
    }

    private void Put(string file, RunSnapshot snapshot)
    {
        IReadOnlyList<SavedState?> states = [.. callbacks.StatefulNames.Select((_, i) => snapshot.Parts.GetValueOrDefault(OfCallback(i)))];
        callbacks.PrepareRestoring(states);
        Variable[] variables = [.. Variables()];
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
        settings.Restored(file, HadEnded ? null : at);
        TellOfThreads(snapshot.Part(Run));
        PutMetrics(snapshot);
        callbacks.LoadStates(states, at.InEpoch ? at.Epoch : Math.Max(at.Epoch - 1, 0), at.InEpoch);
    }

    // Sums over several threads may be rounded differently if the number of threads differs.
    private void TellOfThreads(SavedState run)
    {
        if (!HadEnded && run.Values.ContainsKey(Threads) && run.GetInt32(Threads) is var before && before != get_num_threads())
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
        Layer[] layers = [.. Parts(model)];
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
    }
}

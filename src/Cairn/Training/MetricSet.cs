using Cairn.Data;
using Cairn.Losses;
using Cairn.Metrics;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>
/// The running loss of an epoch, the losses of the outputs if there are several, and the compiled metrics: unweighted metrics first, then
/// weighted ones.
/// </summary>
internal sealed class MetricSet
{
    private readonly Mean loss = new("loss");
    private Mean[] outputLosses = [];
    private Entry[] entries;
    private string? resolvedFor;

    public MetricSet(OutputMetrics compiled, OutputMetrics compiledWeighted)
    {
        (Compiled, CompiledWeighted) = (compiled, compiledWeighted);
        entries = [.. Named([.. Flat(compiled)], null, weighted: false), .. Named([.. Flat(compiledWeighted)], null, weighted: true)];
    }

    /// <summary>The loss first, then the metrics, then the losses of the outputs.</summary>
    public IReadOnlyList<Metric> All => [loss, .. entries.Select(e => e.Metric), .. outputLosses];

    /// <summary>The metrics as passed to Compile.</summary>
    public OutputMetrics Compiled { get; }

    /// <summary>The weighted metrics as passed to Compile.</summary>
    public OutputMetrics CompiledWeighted { get; }

    /// <summary>
    /// Assigns metrics to outputs, names them, and resolves <c>"accuracy"</c> to a class by the shapes.
    /// </summary>
    /// <param name="outputs">The names of the model's outputs.</param>
    /// <param name="yTrue">The shapes of the targets; null for an output without targets.</param>
    /// <param name="yPred">The shapes of the outputs.</param>
    /// <param name="losses">The losses of the outputs.</param>
    public void ResolveFor(IReadOnlyList<string> outputs, IReadOnlyList<Shape?> yTrue, IReadOnlyList<Shape> yPred,
        IReadOnlyList<OutputLoss> losses)
    {
        // The accumulated values are kept as long as the outputs are the same.
        string outline = $"{string.Join(", ", outputs)}: {string.Join(", ", yTrue)} {string.Join(", ", yPred)} {string.Join(", ", losses)}";
        if (outline == resolvedFor)
        {
            return;
        }

        resolvedFor = null;
        var names = new HashSet<string>(StringComparer.Ordinal);
        entries =
        [
            .. Resolved(Compiled, "metrics", weighted: false),
            .. Resolved(CompiledWeighted, "weightedMetrics", weighted: true),
        ];
        outputLosses = losses.Count > 1 ? [.. losses.Select(l => new Mean($"{outputs[l.Output]}_loss"))] : [];
        resolvedFor = outline;

        IEnumerable<Entry> Resolved(OutputMetrics given, string argument, bool weighted)
        {
            if (yPred.Count == 0)
            {
                return [];
            }

            if (outputs.Count == 1)
            {
                return Of(Flat(given), 0, weighted);
            }

            if (given.Count == 0)
            {
                return [];
            }

            return given.For(outputs, argument)
                .SelectMany((group, output) => Of(group.Value ?? Enumerable.Empty<Metric>(), output, weighted)).ToArray();
        }

        Entry[] Of(IEnumerable<Metric> metrics, int output, bool weighted)
        {
            Metric[] resolved = [.. metrics.Select(m => yTrue[output] is { } shape
                ? m.ResolveFor(shape, yPred[output])
                : throw new ArgumentException($"The output '{outputs[output]}' has metrics but no loss, and therefore no targets.",
                nameof(metrics)))];
            foreach (Metric metric in resolved)
            {
                metric.CheckShapes(yTrue[output]!, yPred[output], weighted ? "weightedMetrics" : nameof(metrics));
            }

            return [.. Named(resolved, outputs.Count > 1 ? outputs[output] : null, weighted, output, names)];
        }
    }

    /// <summary>Updates the metrics with a batch.</summary>
    /// <param name="lossValue">The total loss.</param>
    /// <param name="ofOutputs">The losses of the outputs, if there are several.</param>
    /// <param name="batch">Targets and weights.</param>
    /// <param name="yPred">The outputs, without gradients.</param>
    /// <param name="masks">The mask of each output, null for an output without one; null if no output has a mask.</param>
    public void Update(BatchLoss lossValue, IReadOnlyList<BatchLoss> ofOutputs, Batch batch, IReadOnlyList<Tensor> yPred,
        IReadOnlyList<Tensor?>? masks = null)
    {
        if (batch.Share is { IsStandIn: true })
        {
            // The row counts in another process; metrics that size their state by the first batch do so here too.
            AddStandIn(lossValue, ofOutputs, batch, yPred, masks);
            return;
        }

        Add(lossValue, ofOutputs, batch, yPred, masks);
    }

    private void AddStandIn(BatchLoss lossValue, IReadOnlyList<BatchLoss> ofOutputs, Batch batch, IReadOnlyList<Tensor> yPred,
        IReadOnlyList<Tensor?>? masks) => StandIn.Run(All, () => Add(lossValue, ofOutputs, batch, yPred, masks));

    private void Add(BatchLoss lossValue, IReadOnlyList<BatchLoss> ofOutputs, Batch batch, IReadOnlyList<Tensor> yPred,
        IReadOnlyList<Tensor?>? masks)
    {
        loss.Add(lossValue, batch.Count);
        for (int i = 0; i < outputLosses.Length; i++)
        {
            outputLosses[i].Add(ofOutputs[i], batch.Count);
        }

        foreach (Entry entry in entries)
        {
            Tensor? weight = entry.Weighted ? batch.WeightOf(entry.Output) : null;
            if (weight is null && lossValue.Hits is { } hits
                && entry.Metric.TryAddHits(hits, batch.Targets[entry.Output], yPred[entry.Output].size(0)))
            {
                continue;
            }

            if (masks?[entry.Output] is { } mask && entry.Metric.TakesMasks)
            {
                weight = MaskWeights.Combine(weight, mask, keepMean: false);
            }

            Tensor yTrue = batch.Targets[entry.Output];
            Tensor predictions = yPred[entry.Output];
            if (entry.Metric.IsOwn)
            {
                (yTrue, predictions) = RankAlignment.Align(yTrue, predictions);
            }

            entry.Metric.UpdateState(yTrue, predictions, weight);
        }
    }

    /// <summary>Whether no step has updated the loss since the last reset.</summary>
    public bool LacksLoss => loss.IsEmpty;

    public void Reset()
    {
        loss.ResetState();
        foreach (Mean one in outputLosses)
        {
            one.ResetState();
        }

        foreach (Entry entry in entries)
        {
            entry.Metric.ResetState();
        }
    }

    /// <summary>The name of a metric in the logs: its own name, unless prefixed with the output's name or made unique.</summary>
    public string NameOf(Metric metric) =>
        Array.Find(entries, entry => ReferenceEquals(entry.Metric, metric)) is { Name: { } name } ? name : metric.Name;

    /// <summary>Whether a name in the logs is that of an output's loss.</summary>
    public bool IsLossOfOutput(string name) => Array.Exists(outputLosses, one => one.Name == name);

    /// <summary>Hints at likely mistakes: metrics that apply a threshold for probabilities although the loss expects logits.</summary>
    public IEnumerable<string> Hints(IReadOnlyList<OutputLoss> losses)
    {
        HashSet<int> logits =
            [.. losses.Where(l => l.Loss is CrossentropyLoss { FromLogits: true }
            and (Losses.BinaryCrossentropy or BinaryFocalCrossentropy)).Select(l => l.Output)];
        foreach (Entry entry in entries.Where(e => logits.Contains(e.Output)))
        {
            if (entry.Metric.ForLogits is { } instead)
            {
                yield return $"The metric '{entry.Name}' expects probabilities, but the loss expects logits "
                    + $"(fromLogits: true). For logits, use {instead}.";
            }
        }
    }

    private static IEnumerable<Metric> Flat(OutputMetrics metrics) => metrics.SelectMany(group => group);

    // As in Keras: the output's name is prepended if there are several; a name already taken gets the prefix "weighted_" for a weighted
    // metric, then a numeric suffix.
    private static IEnumerable<Entry> Named(Metric[] metrics, string? output, bool weighted, int index = 0, HashSet<string>? taken = null)
    {
        taken ??= [];
        foreach (Metric metric in metrics)
        {
            string name = Full(metric.Name);
            if (weighted && taken.Contains(name))
            {
                name = Full($"weighted_{metric.Name}");
            }

            string unique = name;
            for (int number = 1; !taken.Add(unique); number++)
            {
                unique = $"{name}_{number}";
            }

            yield return new Entry(unique, metric, index, weighted);
        }

        string Full(string name) => output is null ? name : $"{output}_{name}";
    }

    private readonly record struct Entry(string Name, Metric Metric, int Output, bool Weighted);
}

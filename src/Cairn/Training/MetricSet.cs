using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Losses;
using Cairn.Metrics;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>
/// The loss of an epoch so far, those of the outputs where there are several, and the compiled metrics: those that count every sample alike,
/// then those that weigh them.
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
        entries = [.. Named([.. Flat(compiled)], null, false), .. Named([.. Flat(compiledWeighted)], null, true)];
    }

    /// <summary>The loss first, then the metrics, then the losses of the outputs.</summary>
    public IReadOnlyList<Metric> All => [loss, .. entries.Select(e => e.Metric), .. outputLosses];

    /// <summary>The metrics as the user gave them.</summary>
    public OutputMetrics Compiled { get; }

    /// <summary>The weighted metrics as the user gave them.</summary>
    public OutputMetrics CompiledWeighted { get; }

    /// <summary>Decides which metrics belong to which output and what they are called, and, by the shapes, which accuracy <c>"accuracy"</c> means.</summary>
    /// <param name="outputs">The names of the model's outputs.</param>
    /// <param name="yTrue">The shapes of the targets; null for an output without targets.</param>
    /// <param name="yPred">The shapes of the outputs.</param>
    /// <param name="losses">The losses of the outputs.</param>
    public void ResolveFor(IReadOnlyList<string> outputs, IReadOnlyList<Shape?> yTrue, IReadOnlyList<Shape> yPred,
        IReadOnlyList<OutputLoss> losses)
    {
        // What has been gathered goes on as long as the outputs are the same.
        string outline = $"{string.Join(", ", outputs)}: {string.Join(", ", yTrue)} {string.Join(", ", yPred)} {string.Join(", ", losses)}";
        if (outline == resolvedFor)
        {
            return;
        }

        resolvedFor = outline;
        var names = new HashSet<string>(StringComparer.Ordinal);
        entries =
        [
            .. Resolved(Compiled, "metrics", false),
            .. Resolved(CompiledWeighted, "weightedMetrics", true),
        ];
        outputLosses = losses.Count > 1 ? [.. losses.Select(l => new Mean($"{outputs[l.Output]}_loss"))] : [];

        IEnumerable<Entry> Resolved(OutputMetrics given, string argument, bool weighted)
        {
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
                : throw new ArgumentException($"The output '{outputs[output]}' has metrics, but no loss and so no targets.",
                nameof(metrics)))];
            return [.. Named(resolved, outputs.Count > 1 ? outputs[output] : null, weighted, output, names)];
        }
    }

    /// <summary>Takes a batch into account.</summary>
    /// <param name="lossValue">The whole loss.</param>
    /// <param name="ofOutputs">The losses of the outputs, where there are several.</param>
    /// <param name="batch">Targets and weights.</param>
    /// <param name="yPred">The outputs, without gradients.</param>
    /// <param name="masks">Which positions of the outputs count, null for all; null where no output has a mask.</param>
    public void Update(BatchLoss lossValue, IReadOnlyList<BatchLoss> ofOutputs, Batch batch, IReadOnlyList<Tensor> yPred,
        IReadOnlyList<Tensor?>? masks = null)
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

            entry.Metric.UpdateState(batch.Targets[entry.Output], yPred[entry.Output], weight);
        }
    }

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

    /// <summary>What a metric is called in the logs: by its own name, unless the output's stands before it or another metric has that name.</summary>
    public string NameOf(Metric metric) =>
        Array.Find(entries, entry => ReferenceEquals(entry.Metric, metric)) is { Name: { } name } ? name : metric.Name;

    private static IEnumerable<Metric> Flat(OutputMetrics metrics) => metrics.SelectMany(group => group);

    // Keras' rule: the output's name in front where there are several; where a name is taken, "weighted_" before that of a weighted metric,
    // then a number behind it.
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

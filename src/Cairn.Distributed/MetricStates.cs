using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Metrics;

namespace Cairn.Distributed;

/// <summary>Metrics of several processes: their states are added up, never their results.</summary>
internal static class MetricStates
{
    /// <summary>Replaces the states by those of all processes together.</summary>
    /// <param name="replicas">The processes.</param>
    /// <param name="metrics">The metrics.</param>
    /// <param name="besides">Further numbers to add up in the same exchange, in place.</param>
    public static void AddUp(Replicas replicas, IReadOnlyList<Metric> metrics, Span<double> besides = default)
    {
        double[] numbers = [.. besides, .. NumbersOf(metrics)];
        replicas.Collective.Sum(numbers, "the metrics");
        numbers.AsSpan(0, besides.Length).CopyTo(besides);
        Put(metrics, numbers.AsSpan(besides.Length));
    }

    /// <summary>The numbers of all states, one after the other.</summary>
    public static double[] NumbersOf(IReadOnlyList<Metric> metrics) =>
        [.. metrics.SelectMany(metric => NumbersOf(metric.SaveState()!, metric))];

    /// <summary>Replaces the numbers of all states.</summary>
    public static void Put(IReadOnlyList<Metric> metrics, ReadOnlySpan<double> numbers)
    {
        IReadOnlyList<SavedState> states = With(metrics, numbers);
        for (int i = 0; i < states.Count; i++)
        {
            metrics[i].LoadState(states[i]);
        }
    }

    /// <summary>The states of all metrics with other numbers.</summary>
    public static IReadOnlyList<SavedState> With(IReadOnlyList<Metric> metrics, ReadOnlySpan<double> numbers)
    {
        var states = new List<SavedState>();
        int next = 0;
        foreach (Metric metric in metrics)
        {
            SavedState state = metric.SaveState()!;
            Put(state, numbers, ref next);
            states.Add(state);
        }

        return states;
    }

    private static IEnumerable<double> NumbersOf(SavedState state, Metric metric)
    {
        foreach ((string name, JsonNode? value) in state.Values)
        {
            yield return IsWhole(value) ? state.GetInt64(name)
                : value is JsonValue && value.GetValueKind() is JsonValueKind.Number or JsonValueKind.String ? state.GetDouble(name)
                : throw new ReplicaException($"The metric '{metric.Name}' says that its state adds up, but '{name}' of it is "
                + $"not a number.");
        }

        foreach ((string name, NDArray array) in state.Arrays)
        {
            foreach (double number in array.SourceArray switch
            {
                double[] doubles => doubles,
                float[] floats => floats.Select(one => (double)one),
                Array other when other.GetType().GetElementType() == typeof(double) => other.Cast<double>(),
                _ => throw new ReplicaException(
                    $"The metric '{metric.Name}' says that its state adds up, but its array '{name}' is {array}, not of float32 "
                    + $"or float64."),
            })
            {
                yield return number;
            }
        }
    }

    private static bool IsWhole(JsonNode? value) =>
        value is JsonValue number && (number.TryGetValue(out long _) || number.TryGetValue(out int _));

    private static void Put(SavedState state, ReadOnlySpan<double> sums, ref int next)
    {
        foreach (string name in state.Values.Select(pair => pair.Key).ToArray())
        {
            if (IsWhole(state.Values[name]))
            {
                state.Set(name, (long)sums[next++]);
            }
            else
            {
                state.Set(name, sums[next++]);
            }
        }

        foreach (string name in state.Arrays.Keys.ToArray())
        {
            var array = (Array)state.Arrays[name].SourceArray!;
            double[] part = sums.Slice(next, array.Length).ToArray();
            next += array.Length;
            state.Arrays[name] = array is float[]? Array.ConvertAll(part, number => (float)number) : part;
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Metrics;

namespace Cairn.Distributed;

/// <summary>Metrics of several processes: their states are added up, never their results.</summary>
internal static class MetricStates
{
    /// <summary>Replaces the states by those of all processes together.</summary>
    public static void AddUp(Replicas replicas, IReadOnlyList<Metric> metrics)
    {
        SavedState[] states = [.. metrics.Select(metric => metric.SaveState()!)];
        double[] numbers = [.. states.SelectMany((state, i) => NumbersOf(state, metrics[i]))];
        replicas.Collective.Sum(numbers, "the metrics");
        int next = 0;
        for (int i = 0; i < states.Length; i++)
        {
            Put(states[i], numbers, ref next);
            metrics[i].LoadState(states[i]);
        }
    }

    private static IEnumerable<double> NumbersOf(SavedState state, Metric metric)
    {
        foreach ((string name, JsonNode? value) in state.Values)
        {
            yield return IsWhole(value) ? state.GetInt64(name)
                : value is JsonValue && value.GetValueKind() is JsonValueKind.Number or JsonValueKind.String ? state.GetDouble(name)
                : throw new ReplicaException($"The metric '{metric.Name}' says that its state adds up, but '{name}' of it is not a number.");
        }

        foreach ((string name, NDArray array) in state.Arrays)
        {
            foreach (double number in array.SourceArray switch
            {
                double[] doubles => doubles,
                float[] floats => floats.Select(one => (double)one),
                Array other when other.GetType().GetElementType() == typeof(double) => other.Cast<double>(),
                _ => throw new ReplicaException(
                    $"The metric '{metric.Name}' says that its state adds up, but its array '{name}' is {array}, not of float32 or float64."),
            })
            {
                yield return number;
            }
        }
    }

    private static bool IsWhole(JsonNode? value) => value is JsonValue number && (number.TryGetValue(out long _) || number.TryGetValue(out int _));

    private static void Put(SavedState state, double[] sums, ref int next)
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
            double[] part = sums[next..(next + array.Length)];
            next += array.Length;
            state.Arrays[name] = array is float[] ? Array.ConvertAll(part, number => (float)number) : part;
        }
    }
}

namespace Cairn.Tests.RandomModels;

/// <summary>Trains a model as Keras did, and compares its history and predictions.</summary>
internal static class RandomModelComparison
{
    // Float32 over some steps; what Keras itself does not reproduce within this is compared within its own spread.
    private const double Accuracy = 1e-3;
    private const double Untrained = 1e-4;
    private const double OwnSpread = 50;

    /// <summary>The first difference, or the exception; null if all is equal.</summary>
    public static string? Difference(RandomModel random)
    {
        Model? model = null;
        try
        {
            model = random.Create();
            if (Different(random.Before, random.Predict(model), Untrained) is { } before)
            {
                return $"before training: {before}";
            }

            (IReadOnlyDictionary<string, List<double>> history, model) = random.Train(model);
            return random.AttentionWithMask ? null : Different(random, history, random.Predict(model));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return $"throws {exception}";
        }
        finally
        {
            model?.Dispose();
        }
    }

    /// <summary>The first difference of a history and the predictions after it; null if all is equal.</summary>
    public static string? Different(RandomModel random, IReadOnlyDictionary<string, List<double>> history, IReadOnlyList<float[]> after)
    {
        double allowed = Math.Max(Accuracy, OwnSpread * (random.Spread ?? 0));
        return Different(random.History, history, allowed) ?? Different(random.After, after, allowed);
    }

    private static string? Different(IEnumerable<KeyValuePair<string, double[]>> expected, IReadOnlyDictionary<string, List<double>> actual,
        double allowed)
    {
        string missing = string.Join(", ", expected.Select(e => e.Key).Except(actual.Keys));
        string extra = string.Join(", ", actual.Keys.Except(expected.Select(e => e.Key)).Where(key => key != "learning_rate"));
        if (missing.Length + extra.Length > 0)
        {
            return $"history lacks '{missing}' and has '{extra}'";
        }

        foreach ((string key, double[] values) in expected)
        {
            if (values.Length != actual[key].Count)
            {
                return $"{key} has {actual[key].Count} epochs instead of {values.Length}";
            }

            for (int epoch = 0; epoch < values.Length; epoch++)
            {
                if (!Near(values[epoch], actual[key][epoch], allowed))
                {
                    return $"{key} of epoch {epoch}: {values[epoch]:R} in Keras, {actual[key][epoch]:R} here (allowed {allowed:E1})";
                }
            }
        }

        return null;
    }

    private static string? Different(IReadOnlyList<float[]> expected, IReadOnlyList<float[]> actual, double allowed)
    {
        for (int output = 0; output < expected.Count; output++)
        {
            for (int i = 0; i < expected[output].Length; i++)
            {
                if (!Near(expected[output][i], actual[output][i], allowed))
                {
                    return $"prediction {i} of output {output}: {expected[output][i]:R} in Keras, {actual[output][i]:R} here "
                        + $"(allowed {allowed:E1})";
                }
            }
        }

        return null;
    }

    private static bool Near(double expected, double actual, double allowed) =>
        Math.Abs(expected - actual) <= allowed * (1 + Math.Abs(expected));
}

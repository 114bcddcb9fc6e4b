using System.Text.Json.Nodes;

namespace Cairn.Tests.RandomModels;

/// <summary>The data of random models, computed as in Reference/random/generate.py.</summary>
internal static class RandomData
{
    public static NDArray Input(JsonObject spec, int count, long seed)
    {
        Shape shape = [count, .. Dimensions(spec)];
        double[] u = Uniform(seed, (int)shape.ElementCount);
        if (spec["kind"]!.GetValue<string>() == "tokens")
        {
            return NDArray.From(Array.ConvertAll(u, v => (int)(v * 12)), shape);
        }

        float[] x = Array.ConvertAll(u, v => (float)((v * 4) - 2));
        if (spec["padded"] is not null)
        {
            double[] lengths = Uniform(seed + 500, count);
            (int steps, int width) = ((int)shape[1], (int)shape[2]);
            for (int i = 0; i < count; i++)
            {
                int length = 1 + (int)(lengths[i] * steps);
                Array.Clear(x, ((i * steps) + length) * width, (steps - length) * width);
            }
        }

        return NDArray.From(x, shape);
    }

    public static NDArray Target(JsonObject spec, int count, long seed)
    {
        Shape shape = [count, .. Dimensions(spec)];
        string kind = spec["kind"]!.GetValue<string>();
        if (kind is "regression" or "binary")
        {
            Converter<double, float> number = kind == "binary" ? v => (float)Math.Floor(v * 2) : v => (float)((v * 3) - 1.5);
            return NDArray.From(Array.ConvertAll(Uniform(seed, (int)shape.ElementCount), number), shape);
        }

        int classes = (int)shape[^1];
        int[] labels = Array.ConvertAll(Uniform(seed, (int)(shape.ElementCount / classes)), v => (int)(v * classes));
        if (kind == "labels")
        {
            return NDArray.From(labels, [.. shape[..^1]]);
        }

        float[] oneHot = new float[labels.Length * classes];
        for (int i = 0; i < labels.Length; i++)
        {
            oneHot[(i * classes) + labels[i]] = 1;
        }

        return NDArray.From(oneHot, shape);
    }

    public static NDArray Weights(JsonObject spec, int count, long seed)
    {
        Shape shape = [count, .. Dimensions(spec).Take(spec["weight_rank"]!.GetValue<int>() - 1)];
        return NDArray.From(Array.ConvertAll(Uniform(seed, (int)shape.ElementCount), v => (float)((v * 1.8) + 0.2)), shape);
    }

    // The finalizer of MurmurHash3 on consecutive numbers; its upper 24 bits as a number in [0, 1).
    private static double[] Uniform(long seed, int count)
    {
        uint first = (uint)((ulong)seed * 1_000_003);
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++)
        {
            uint h = unchecked(first + (uint)i);
            h = (h ^ (h >> 16)) * 0x85ebca6b;
            h = (h ^ (h >> 13)) * 0xc2b2ae35;
            numbers[i] = ((h ^ (h >> 16)) >> 8) / 16_777_216.0;
        }

        return numbers;
    }

    private static IEnumerable<long> Dimensions(JsonObject spec) => spec["shape"]!.AsArray().Select(d => d!.GetValue<long>());
}

using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Tests.Training;

/// <summary>Arrays in the form of the reference tables: <c>{shape, dtype, data}</c>.</summary>
internal static class ReferenceArray
{
    public static float[] Numbers(JsonElement array) =>
        [.. array.GetProperty("data").EnumerateArray().Select(e => (float)ReferenceFile.Number(e))];

    public static Tensor ToTensor(JsonElement array)
    {
        long[] shape = [.. array.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];
        float[] numbers = Numbers(array);
        return array.GetProperty("dtype").GetString()!.StartsWith("int", StringComparison.Ordinal)
            ? tensor(Array.ConvertAll(numbers, n => (long)n), shape)
            : tensor(numbers, shape);
    }

    /// <summary>The array in its recorded type.</summary>
    public static NDArray ToNDArray(JsonNode array)
    {
        Shape shape = [.. array["shape"]!.AsArray().Select(d => d!.GetValue<long>())];
        double[] numbers = [.. array["data"]!.AsArray().Select(ReferenceRun.Number)];
        return NDArray.From(
            array["dtype"]!.GetValue<string>() switch
            {
                "float32" => (Array)Array.ConvertAll(numbers, n => (float)n),
                "float64" => numbers,
                "int32" => Array.ConvertAll(numbers, n => (int)n),
                "int64" => Array.ConvertAll(numbers, n => (long)n),
                "uint8" => Array.ConvertAll(numbers, n => (byte)n),
                "bool" => Array.ConvertAll(numbers, n => n != 0),
                var other => throw new InvalidDataException($"No arrays of type '{other}' in these tests."),
            },
            shape);
    }
}

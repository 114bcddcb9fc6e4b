using System.Text.Json;
using Cairn.Tests.Callbacks;
using static TorchSharp.torch;

namespace Cairn.Tests.Training;

/// <summary>Arrays as the reference tables hold them: <c>{shape, dtype, data}</c>.</summary>
internal static class ReferenceArray
{
    public static float[] Numbers(JsonElement array) => [.. array.GetProperty("data").EnumerateArray().Select(e => (float)ReferenceFile.Number(e))];

    public static Tensor ToTensor(JsonElement array)
    {
        long[] shape = [.. array.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];
        float[] numbers = Numbers(array);
        return array.GetProperty("dtype").GetString()!.StartsWith("int", StringComparison.Ordinal)
            ? tensor(Array.ConvertAll(numbers, n => (long)n), shape)
            : tensor(numbers, shape);
    }
}

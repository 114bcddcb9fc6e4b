using System.Globalization;
using System.Runtime.InteropServices;
using Cairn.Benchmarks.Rival;
using Microsoft.ML.OnnxRuntime;

namespace Cairn.Benchmarks.Onnx;

/// <summary>
/// An ordinary program that runs an ONNX file with ONNX Runtime and its default settings. It never touches Cairn or libtorch. The benchmark
/// <c>inference</c> starts it.
/// </summary>
internal static class OnnxProgram
{
    public static int Main(string[] args)
    {
        if (args is not [var model, var data, var results, var batch])
        {
            Console.Error.WriteLine("Usage: Cairn.Benchmarks.Onnx MODEL.onnx DATA RESULTS BATCH. DATA has the samples as 32-bit floats; "
                + "the outputs are written to RESULTS. It computes all samples for each line of its input.");
            return 1;
        }

        int batchSize = int.Parse(batch, CultureInfo.InvariantCulture);
        using var session = new InferenceSession(model);
        using var options = new RunOptions();
        float[] samples = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(data)).ToArray();
        (string input, string output) = (session.InputNames[0], session.OutputNames[0]);
        long[] shape = [.. session.InputMetadata[input].Dimensions.Select(size => (long)size)];
        int size = (int)shape[1..].Aggregate(1L, (a, b) => a * b), count = samples.Length / size;
        float[] outputs = [];
        MeasuredProcess.Serve(Run, $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}");
        File.WriteAllBytes(results, MemoryMarshal.AsBytes(outputs.AsSpan()).ToArray());
        return 0;

        void Run()
        {
            for (int first = 0; first < count; first += batchSize)
            {
                int rows = Math.Min(batchSize, count - first);
                shape[0] = rows;
                using var x = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance,
                    samples.AsMemory(first * size, rows * size), shape);
                using IDisposableReadOnlyCollection<OrtValue> y = session.Run(options, [input], [x], [output]);
                ReadOnlySpan<float> numbers = y[0].GetTensorDataAsSpan<float>();
                if (outputs.Length == 0)
                {
                    outputs = new float[numbers.Length / rows * count];
                }

                numbers.CopyTo(outputs.AsSpan(numbers.Length / rows * first));
            }
        }
    }
}

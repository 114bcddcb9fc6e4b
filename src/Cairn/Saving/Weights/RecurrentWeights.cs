using System.Runtime.InteropServices;
using Cairn.Layers;

namespace Cairn.Saving;

/// <summary>Converts recurrent weights in older layouts: those of cuDNN layers, and those of Keras 1 with an array for each gate.</summary>
internal static class RecurrentWeights
{
    /// <summary>The saved weights of a layer in the layout that the layer uses.</summary>
    /// <param name="layer">The layer, which may contain recurrent ones.</param>
    /// <param name="saved">The layer's weights in the file.</param>
    public static IReadOnlyList<WeightData> Fitted(Layer layer, IReadOnlyList<WeightData> saved)
    {
        Variable[] variables = [.. WeightTransfer.LegacyOrder(layer)];
        KernelCell[] cells = [.. Cells(layer).Where(cell => cell is LSTMCell or GRUCell)];
        if (cells.Length == 0)
        {
            return saved;
        }

        var fitted = new List<WeightData>();
        int next = 0;
        for (int i = 0; i < variables.Length; i++)
        {
            KernelCell? cell = Array.Find(cells, c => ReferenceEquals(c.OwnWeights[0], variables[i]));
            int gates = cell is LSTMCell ? 4 : 3;
            if (cell is not null && cell.OwnWeights.Count == 3 && next + 3 <= saved.Count
                && Laid(cell, gates, saved, next, saved.Count - next == variables.Length - i + (3 * gates) - 3) is var (arrays, taken))
            {
                fitted.AddRange(arrays);
                next += taken;
                i += 2;
            }
            else if (next < saved.Count)
            {
                fitted.Add(saved[next++]);
            }
        }

        fitted.AddRange(saved.Skip(next));
        return fitted;
    }

    private static IEnumerable<KernelCell> Cells(Layer layer)
    {
        if (layer is KernelCell cell)
        {
            yield return cell;
        }

        foreach (Layer part in layer is Model model ? model.Layers : layer.Sublayers.Select(s => s.Layer))
        {
            foreach (KernelCell inner in Cells(part))
            {
                yield return inner;
            }
        }
    }

    private static (WeightData[] Arrays, int Taken)? Laid(KernelCell cell, int gates, IReadOnlyList<WeightData> saved, int at,
        bool oneArrayForEach)
    {
        int units = cell.Units;
        if (saved[at].Shape is [var features, var width] && width == gates * units && saved[at + 2].Shape is [var biases]
            && biases == 2 * gates * units)
        {
            return (FromCuDNN(cell, gates, (int)features, saved, at), 3);
        }

        return oneArrayForEach && saved[at].Shape is [_, var narrow] && narrow == units && at + (3 * gates) <= saved.Count
            ? (FromGates(gates, saved, at), 3 * gates)
            : null;
    }

    // cuDNN stores the matrix of each gate transposed, and two biases that are added.
    private static WeightData[] FromCuDNN(KernelCell cell, int gates, int features, IReadOnlyList<WeightData> saved, int at)
    {
        int units = cell.Units;
        float[] kernel = Singles(saved[at]);
        float[] recurrent = Singles(saved[at + 1]);
        float[] bias = Singles(saved[at + 2]);
        float[] newKernel = new float[kernel.Length];
        float[] newRecurrent = new float[recurrent.Length];
        int width = gates * units;
        for (int gate = 0; gate < gates; gate++)
        {
            for (int i = 0; i < features; i++)
            {
                for (int j = 0; j < units; j++)
                {
                    // The gate's block, read row by row and written column by column.
                    int flat = (j * features) + i;
                    newKernel[(i * width) + (gate * units) + j] = kernel[(flat / units * width) + (gate * units) + (flat % units)];
                }
            }

            for (int i = 0; i < units; i++)
            {
                for (int j = 0; j < units; j++)
                {
                    newRecurrent[(i * width) + (gate * units) + j] = recurrent[(j * width) + (gate * units) + i];
                }
            }
        }

        bool keepsBoth = cell is GRUCell { ResetAfter: true };
        float[] newBias = keepsBoth ? bias : [.. Enumerable.Range(0, width).Select(i => bias[i] + bias[width + i])];
        return
        [
            WeightData.FromSingles(saved[at].Name, [features, width], newKernel),
            WeightData.FromSingles(saved[at + 1].Name, [units, width], newRecurrent),
            WeightData.FromSingles(saved[at + 2].Name, keepsBoth ? [2, width] : [width], newBias),
        ];
    }

    // Keras 1: W, U, b gate by gate; LSTM's in the order i, c, f, o.
    private static WeightData[] FromGates(int gates, IReadOnlyList<WeightData> saved, int at)
    {
        int[] order = gates == 4 ? [0, 2, 1, 3] : [0, 1, 2];
        return [.. Enumerable.Range(0, 3).Select(part => Joined([.. order.Select(gate => saved[at + (3 * gate) + part])]))];
    }

    private static WeightData Joined(WeightData[] parts)
    {
        int rows = parts[0].Shape.Length == 1 ? 1 : (int)parts[0].Shape[0];
        int width = (int)parts[0].Shape[^1];
        float[][] arrays = Array.ConvertAll(parts, Singles);
        if (arrays.Any(a => a.Length != rows * width))
        {
            throw new ArgumentException("The gates of a recurrent layer have weights of different shapes.");
        }

        float[] joined = new float[rows * width * parts.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int part = 0; part < parts.Length; part++)
            {
                Array.Copy(arrays[part], row * width, joined, ((row * parts.Length) + part) * width, width);
            }
        }

        return WeightData.FromSingles(parts[0].Name, parts[0].Shape.Length == 1 ? [width * parts.Length]
            : [rows, width * parts.Length], joined);
    }

    private static float[] Singles(WeightData data) => data.DType == "float32"
        ? MemoryMarshal.Cast<byte, float>(data.Bytes.Span).ToArray()
        : ArrayData.ToNDArray(data).ToArray();
}

using System.Globalization;
using System.Text;
using Cairn.Data;
using Cairn.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

// The outputs of the layers for given data, to find where values become too large, constant, or NaN.
public abstract partial class Model
{
    /// <summary>Runs the model on a batch and describes the output of every layer, including nested layers.</summary>
    /// <param name="x">Inputs of one batch, <c>[count, ...]</c>; for several inputs, a list in their order, or arrays by name.</param>
    /// <param name="training">Whether to run in training mode, for example with dropout; false by default. No weight is changed.</param>
    /// <returns>The outputs, in the order of the calls; a layer comes before the layers within it.</returns>
    /// <exception cref="ArgumentException">The inputs do not match the model.</exception>
    /// <exception cref="LayerException">A layer failed.</exception>
    public IReadOnlyList<LayerOutput> Inspect(NDArrays x, bool training = false)
    {
        using ModelUses.Use use = uses.Begin(nameof(Inspect));
        var names = new ArrayArguments();
        using TensorDataset data = names.Load(x, null, null, Layout(x, null), batchSize: int.MaxValue);
        FitInput(data, names.X);
        data.BeginPass(null);
        data.MoveNext();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor[] before = [.. training ? Weights.Select(weight => weight.Stored.clone()) : []];
        var statistics = new OutputStatistics();
        using var context = new CallContext(training, ResolveSeed(), Device) { Observer = statistics };
        context.BeginInference(0, 0);
        try
        {
            using CallContext.Within within = context.Enter();
            Apply(data.Current.Slots.Inputs, context);
        }
        finally
        {
            for (int i = 0; i < before.Length; i++)
            {
                Weights[i].Stored.copy_(before[i]);
            }
        }

        return statistics.Outputs;
    }

    /// <summary>
    /// Runs the model on a batch and prints the shape, the mean and the range of every layer's output, and how many numbers are NaN or
    /// infinite.
    /// </summary>
    /// <param name="x">Inputs of one batch, <c>[count, ...]</c>; for several inputs, a list in their order, or arrays by name.</param>
    /// <param name="output">The writer to print to; <see cref="Output"/> by default.</param>
    /// <param name="training">Whether to run in training mode, for example with dropout; false by default. No weight is changed.</param>
    /// <exception cref="ArgumentException">The inputs do not match the model.</exception>
    /// <exception cref="LayerException">A layer failed.</exception>
    public void Summary(NDArrays x, TextWriter? output = null, bool training = false)
    {
        string[] header = ["Layer (type)", "Output Shape", "Mean", "Std", "Min", "Max", "NaN", "Inf"];
        string[][] rows =
        [
            .. Inspect(x, training).Select(one => (string[])
            [
                $"{new string(' ', 2 * one.Depth)}{one.Path[(one.Path.LastIndexOf('/') + 1)..]} ({one.ClassName})",
                one.Shape.ToString(),
                Number(one.Mean), Number(one.StandardDeviation), Number(one.Min), Number(one.Max),
                one.NaNCount.ToString("N0", CultureInfo.InvariantCulture), one.InfinityCount.ToString("N0", CultureInfo.InvariantCulture),
            ]),
        ];
        int[] widths = [.. header.Select((title, column) => rows.Append(header).Max(row => row[column].Length) + 2)];
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Model: \"{Name}\"\n");
        BoxTable.Write(text, header, rows, widths, [2, 3, 4, 5, 6, 7]);
        (output ?? Output).Write(text);
        (output ?? Output).Flush();

        static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString("G4", CultureInfo.InvariantCulture);
    }
}

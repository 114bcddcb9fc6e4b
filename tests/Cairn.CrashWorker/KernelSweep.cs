using System.Globalization;
using Cairn.Layers;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.CrashWorker;

/// <summary>
/// Forward and backward passes of random layers on inputs with all kinds of strides, with and without a gradient, compared with the same
/// layer in double precision on contiguous tensors, for which libtorch has other kernels. Runs in a separate process, since a kernel that
/// writes out of bounds may crash it.
/// </summary>
internal static class KernelSweep
{
    private const double Tolerance = 2e-3;

    /// <summary>Tells each case before it runs, <c>WRONG</c> behind one whose numbers differ, and <c>done</c> at the end.</summary>
    public static void Run(int from, int count)
    {
        for (int number = from; number < from + count; number++)
        {
            using DisposeScope scope = NewDisposeScope();
            RunCase(number);
        }

        Tell("done");
    }

    private static void RunCase(int number)
    {
        var draw = new Random(number);
        random.manual_seed(number);
        int rank = draw.Next(10) switch { 0 => 2, 1 or 2 => 3, 9 => 5, _ => 4 };
        long batch = draw.Next(4) switch { 0 => 1, 1 => 17, _ => draw.Next(1, 5) };
        long channels = draw.Next(3) switch { 0 => 1, 1 => draw.Next(2, 5), _ => 8 };
        int largest = rank switch { 5 => 6, 4 => draw.Next(4) == 0 ? 60 : 12, _ => 40 };
        long[] sizes = [.. Enumerable.Range(0, rank - 2).Select(_ => (long)draw.Next(3, largest))];
        if (draw.Next(6) == 0 && rank > 2)
        {
            sizes[draw.Next(sizes.Length)] = 1;
        }

        using Layer layer = SweptLayers.Draw(draw, rank, channels, out DataFormat format);
        long[] shape = SpatialAxes.Write(batch, sizes, channels, format).ToArray();
        bool wantsGradient = draw.Next(2) == 0;
        Tensor x = Strided(draw, shape, out string strides);
        string name = string.Create(CultureInfo.InvariantCulture,
            $"{number}: {layer.ClassName} {format} on {(Shape)shape}, {strides}, gradient: {wantsGradient}");
        Tell(name);
        try
        {
            layer.BuildFor([Shape.Create([Shape.None, .. shape[1..]])], CallArguments.One, new BuildContext((ulong)number));
        }
        catch (ArgumentException)
        {
            // A window larger than the image.
            return;
        }

        Variable[] weights = [.. layer.Weights];
        Tensor[] before = [.. weights.Select(w => w.Value.detach().to(ScalarType.Float64))];
        (double[] Values, string Name)[] found = Results(layer, x, wantsGradient);
        if (layer is RecurrentLayer or KernelLayer)
        {
            // The states of the former are in single precision; the results of oneDNN and libtorch for the latter are compared with Keras
            // elsewhere.
            return;
        }

        for (int i = 0; i < weights.Length; i++)
        {
            weights[i].Follow(before[i]);
        }

        (double[] Values, string Name)[] expected = Results(layer, x.detach().to(ScalarType.Float64).contiguous(), wantsGradient: true);
        foreach ((double[] values, string of) in found)
        {
            double[] right = expected.Single(e => e.Name == of).Values;
            double most = right.Select(Math.Abs).DefaultIfEmpty().Max();
            double off = values.Zip(right, (a, b) => Math.Abs(a - b)).DefaultIfEmpty().Max();
            if (!(off <= Tolerance * (1 + most)))
            {
                Tell($"WRONG {name}: {of} is off by {off} of {most}");
            }
        }
    }

    private static (double[] Values, string Name)[] Results(Layer layer, Tensor x, bool wantsGradient)
    {
        using var context = new CallContext(training: true, 0, CPU);
        context.BeginStep(0);
        Variable[] trained = [.. layer.Weights.Where(w => w.Trainable)];
        foreach (Variable variable in trained)
        {
            variable.Value.requires_grad_(true);
        }

        // A leaf with the same strides.
        Tensor input = wantsGradient ? x.detach().requires_grad_(true) : x;
        Tensor y = layer.Apply(input, context);
        if (!y.requires_grad)
        {
            return [(Numbers(y), "the output")];
        }

        Tensor factors = arange(y.NumberOfElements).to(ScalarType.Float64).mul(0.7).sin().reshape(y.shape).to(y.dtype);
        (y * factors).sum().backward();
        return
        [
            (Numbers(y), "the output"),
            .. wantsGradient ? [(Numbers(input.grad!), "the input's gradient")] : Array.Empty<(double[], string)>(),
            .. trained.Select(w => (Numbers(w.Value.grad!), $"the gradient of {w.Path}")),
            .. layer.Weights.Where(w => !w.Trainable).Select(w => (Numbers(w.Value), w.Path)),
        ];
    }

    private static double[] Numbers(Tensor x) => x.detach().to(ScalarType.Float64).flatten().clone().data<double>().ToArray();

    private static Tensor Strided(Random draw, long[] shape, out string strides)
    {
        int last = shape.Length - 1;
        switch (draw.Next(6))
        {
            case 0:
                strides = "cropped";
                Tensor wide = randn([shape[0], .. shape[1..].Select(size => size + 2)]);
                return Enumerable.Range(1, last).Aggregate(wide, (x, axis) => x.narrow(axis, axis % 2, shape[axis]));
            case 1:
                strides = "permuted";
                return randn([.. shape.Reverse()]).permute([.. Enumerable.Range(0, shape.Length).Reverse().Select(axis => (long)axis)]);
            case 2:
                strides = "channels moved";
                return randn([shape[0], shape[last], .. shape[1..last]]).movedim([1], [last]);
            case 3:
                strides = "expanded";
                return randn([.. shape[..last], 1]).expand(shape);
            case 4:
                strides = "every second";
                return randn([.. shape[..last], shape[last] * 2]).slice(last, 0, shape[last] * 2, 2);
            default:
                strides = "plain";
                return randn(shape);
        }
    }

    private static void Tell(string line)
    {
        Console.Out.Write(line + "\n");
        Console.Out.Flush();
    }
}

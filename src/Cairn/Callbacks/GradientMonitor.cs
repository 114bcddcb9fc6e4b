using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Callbacks;

/// <summary>Monitors the gradient norms of every layer, and names the layer in which gradients become NaN or infinite.</summary>
/// <example>
/// <code>
/// model.Fit(x, y, epochs: 20, callbacks: [new GradientMonitor(perLayer: true), new TensorBoard("logs/first")]);
/// </code>
/// </example>
/// <remarks>
/// The norm of a layer is the square root of the sum of squares of all gradients of its weights. The global norm is that of all layers.
/// Both are computed before the optimizer clips or accumulates gradients. The callback adds their means over the monitored batches to the
/// logs of every epoch: <c>gradient_norm</c> and, on request, <c>gradient_norm/dense</c>, and so on. Later callbacks, such as
/// <see cref="TensorBoard"/>, see these values. A NaN or infinite gradient causes a warning, and an event of kind
/// <see cref="EventKind.GradientNotFinite"/> for the first batch of each consecutive series.
/// </remarks>
public sealed class GradientMonitor : Callback
{
    private const string Norm = "gradient_norm";

    private readonly OrderedDictionary<string, double> layerNorms = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, double> sums = new(StringComparer.Ordinal);
    private double globalSum;
    private int counted;
    private long seen;
    private bool broken;

    /// <summary>Creates the callback.</summary>
    /// <param name="freq">Gradients are monitored every <c>freq</c> batches; 1 or more. Default 1.</param>
    /// <param name="perLayer">Whether to add the norms of the layers to the logs in addition to the global norm. Default false.</param>
    /// <param name="stopOnNonFinite">Whether to stop training after a batch with gradients that are not finite. Default false.</param>
    /// <param name="verbose">1 prints the global norm and the layer with the largest norm after every epoch. Default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="freq"/> is less than 1.</exception>
    public GradientMonitor(int freq = 1, bool perLayer = false, bool stopOnNonFinite = false, int verbose = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(freq, 1);
        Freq = freq;
        PerLayer = perLayer;
        StopOnNonFinite = stopOnNonFinite;
        Verbose = verbose;
    }

    /// <summary>Interval, in batches, at which gradients are monitored.</summary>
    public int Freq { get; }

    /// <summary>Whether the norms of layers are added to the logs.</summary>
    public bool PerLayer { get; }

    /// <summary>Whether training stops after a batch with gradients that are not finite.</summary>
    public bool StopOnNonFinite { get; }

    /// <summary>0 = silent, 1 = prints the norms after every epoch.</summary>
    public int Verbose { get; }

    /// <summary>The global norm of the last monitored batch; 0 before the first.</summary>
    public double GlobalNorm { get; private set; }

    /// <summary>The norms of the layers in the last monitored batch, by layer name.</summary>
    public IReadOnlyDictionary<string, double> LayerNorms => layerNorms;

    internal override bool MayLog(string name) => name.StartsWith(Norm, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs)
    {
        (seen, broken, GlobalNorm) = (0, false, 0);
        layerNorms.Clear();
        BeginEpoch();
    }

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs) => BeginEpoch();

    /// <inheritdoc/>
    public override void OnGradients(int batch, IReadOnlyList<Gradient> gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        if (seen++ % Freq != 0 || gradients.Count == 0)
        {
            return;
        }

        using TorchSharp.DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();

        // The square of a float32 cannot overflow in float64, so the sum is finite if and only if all values are.
        Tensor squares = stack(gradients.Select(gradient => gradient.Value.to(ScalarType.Float64).Squared().sum()));
        double[] sumsOfSquares = [.. squares.cpu().data<double>()];
        layerNorms.Clear();
        for (int i = 0; i < gradients.Count; i++)
        {
            string layer = LayerOf(gradients[i].Weight);
            layerNorms[layer] = layerNorms.GetValueOrDefault(layer) + sumsOfSquares[i];
        }

        foreach (string? layer in layerNorms.Keys.ToList())
        {
            layerNorms[layer] = Math.Sqrt(layerNorms[layer]);
            sums[layer] = sums.GetValueOrDefault(layer) + layerNorms[layer];
        }

        GlobalNorm = Math.Sqrt(sumsOfSquares.Sum());
        globalSum += GlobalNorm;
        counted++;
        bool wasBroken = broken;
        broken = !double.IsFinite(GlobalNorm);
        if (broken && !wasBroken)
        {
            TellWhere(gradients, sumsOfSquares);
        }

        if (broken && StopOnNonFinite && !Model.StopTraining)
        {
            Model.StopTraining = true;
            Record(EventKind.TrainingStopped, "training stops after this batch: its gradients are not finite", newValue: GlobalNorm);
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        if (counted == 0)
        {
            return;
        }

        logs[Norm] = globalSum / counted;
        if (PerLayer)
        {
            foreach ((string? layer, double sum) in sums)
            {
                logs[$"{Norm}/{layer}"] = sum / counted;
            }
        }

        if (Verbose > 0)
        {
            // NaN ranks highest, because it is the most important to report.
            (string? layer, double sum) = sums.MaxBy(pair => double.IsNaN(pair.Value) ? double.PositiveInfinity : pair.Value);
            Print($"\nEpoch {epoch + 1}: GradientMonitor: gradient norm {PythonNumber.Fixed(globalSum / counted, 5)}, largest in {layer} "
                + $"({PythonNumber.Fixed(sum / counted, 5)})");
        }
    }

    /// <inheritdoc/>
    /// <returns>The sums of the current epoch so far.</returns>
    public override SavedState? SaveState()
    {
        var state = new SavedState();
        state.Set("seen", seen);
        state.Set("counted", counted);
        state.Set("broken", broken);
        state.Values["layers"] = new JsonArray([.. sums.Keys.Select(layer => (JsonNode)layer)]);
        state.Arrays["sums"] = (double[])[globalSum, .. sums.Values];
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        BeginEpoch();
        seen = state.GetInt64("seen");
        broken = state.GetBoolean("broken");
        counted = state.GetInt32("counted");
        double[] numbers = state.GetDoubles("sums");
        globalSum = numbers[0];
        foreach ((JsonNode? layer, double sum) in state.Values["layers"]!.AsArray().Zip(numbers.Skip(1)))
        {
            sums[layer!.GetValue<string>()] = sum;
        }
    }

    private void BeginEpoch()
    {
        sums.Clear();
        (globalSum, counted) = (0, 0);
    }

    /// <summary>
    /// The path of a weight without the model's and the weight's own name: <c>dense</c> for <c>sequential/dense/kernel</c>.
    /// </summary>
    private string LayerOf(Variable weight)
    {
        string path = weight.Path;
        int end = path.LastIndexOf('/');
        string layer = end < 0 ? path : path[..end];
        return layer.StartsWith(Model.Name + "/", StringComparison.Ordinal) ? layer[(Model.Name.Length + 1)..] : layer;
    }

    private void TellWhere(IReadOnlyList<Gradient> gradients, double[] sumsOfSquares)
    {
        // Gradients flow backwards from the loss, so the last affected weight in model order is where it started.
        int first = Array.FindLastIndex(sumsOfSquares, sum => !double.IsFinite(sum));
        Tensor value = gradients[first].Value;
        long nan = value.isnan().sum().item<long>();
        long infinite = value.isinf().sum().item<long>();
        List<string> layers = [.. layerNorms.Where(pair => !double.IsFinite(pair.Value)).Select(pair => pair.Key)];
        string origin = LayerOf(gradients[first].Weight);
        string others = layers.Count > 1 ? $"; also affected: {string.Join(", ", layers.Where(layer => layer != origin))}" : "";
        string message = string.Create(
            CultureInfo.InvariantCulture,
            $"the gradient of layer '{origin}' is not finite: of the {value.NumberOfElements} elements "
                + $"of {gradients[first].Weight.Name}, {nan} are NaN and {infinite} infinite{others}");
        Record(EventKind.GradientNotFinite, message, newValue: GlobalNorm);
        Context?.Warn($"{Name}: {message}");
    }

    internal static GradientMonitor FromConfig(ConfigReader config) =>
        new(config.Int("freq", 1), config.Bool("per_layer", false), config.Bool("stop_on_non_finite", false), config.Int("verbose", 0));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["freq"] = Freq;
        config["per_layer"] = PerLayer;
        config["stop_on_non_finite"] = StopOnNonFinite;
        config["verbose"] = Verbose;
    }
}

using System.Collections;
using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Training;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>A linear stack of layers. Keras: <c>Sequential</c>.</summary>
/// <remarks>
/// <code>
/// var model = new Sequential([new Input([64]), new Dense(32, activation: "relu"), new Dense(10, activation: "softmax")]);
/// </code>
/// Without an <see cref="Input"/>, the weights are created when the model first sees data.
/// </remarks>
public sealed class Sequential : Model, IEnumerable<Layer>
{
    private const int MostLayers = 100_000;

    private readonly List<Layer> layers = [];
    private readonly HashSet<Layer> members = new(ReferenceEqualityComparer.Instance);
    private readonly TakenNames names = new();
    private Input? input;
    private Shape? buildShape;

    // The layers as a graph, created when its tensors are first accessed.
    private readonly List<KerasTensor> path = [];
    private KerasTensor? start;
    private int traced;

    /// <summary>Creates a model.</summary>
    /// <param name="layers">The layers in order; <see cref="Add"/> appends more.</param>
    /// <param name="name">The model's name; <c>sequential</c> by default.</param>
    /// <param name="seed">Seed of all random operations; see <see cref="Model.Seed"/>.</param>
    /// <exception cref="ArgumentException">A name is used twice, or an <see cref="Input"/> is not the first.</exception>
    public Sequential(IEnumerable<Layer>? layers = null, string? name = null, long? seed = null)
        : base(name)
    {
        Seed = seed;
        foreach (Layer layer in layers ?? [])
        {
            Add(layer);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Layer> Layers => layers;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Weights
    {
        get
        {
            BuildIfDeclared();
            return [.. layers.SelectMany(l => l.Weights).Distinct()];
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> TrainableWeights
    {
        get
        {
            BuildIfDeclared();
            return Trainable ? [.. layers.SelectMany(l => l.TrainableWeights).Distinct()] : [];
        }
    }

    /// <summary>
    /// Appends a layer. The other layers keep their weights. If the optimizer is already built, call <c>Compile</c> again.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// Its name is already used, it is an <see cref="Input"/> after other layers, or it belongs to another model.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model is being trained or evaluated.</exception>
    public void Add(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        RequireUnused(nameof(Add));
        if (members.Contains(layer))
        {
            throw new ArgumentException($"The layer '{layer.Name}' is already in the model '{Name}'.", nameof(layer));
        }

        if (layer is Input && (input is not null || layers.Count > 0))
        {
            throw new ArgumentException($"An Input must be the first layer; '{layer.Name}' comes after others.", nameof(layer));
        }

        LayerNames.Take(layer, names);
        if (layer is Input declared)
        {
            input = declared;
            return;
        }

        layers.Add(layer);
        members.Add(layer);
        layer.TraceBy(Trace);
        ForgetShapes();
    }

    /// <summary>Removes the last layer. Keras: <c>pop</c>.</summary>
    /// <returns>The layer with its weights; the caller owns it.</returns>
    /// <exception cref="InvalidOperationException">The model has no layers, or is being trained or evaluated.</exception>
    public Layer Pop()
    {
        RequireUnused(nameof(Pop));
        if (layers is not [.., var last])
        {
            throw new InvalidOperationException($"The model '{Name}' has no layer to remove.");
        }

        layers.RemoveAt(layers.Count - 1);
        members.Remove(last);
        names.Remove(last.Name);
        traced = Math.Min(traced, layers.Count);
        ForgetShapes();
        return last;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KerasTensor> Inputs
    {
        get
        {
            Trace();
            return [start!];
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KerasTensor> Outputs
    {
        get
        {
            Trace();
            return [path.Count == 0 ? start! : path[^1]];
        }
    }

    /// <inheritdoc/>
    public override Model Clone() => DeclaresInput
        ? base.Clone()
        : new Sequential(layers.Select(layer => LayerRegistry.Deserialize(layer.Serialize(), layer.Name)), Name);

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) =>
        layers.Aggregate(inputShape, (shape, layer) => layer.ComputeOutputShape(shape));

    /// <summary>The layers, without the input.</summary>
    public IEnumerator<Layer> GetEnumerator() => layers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The declared input, or null.</summary>
    internal Input? InputLayer => input;

    internal override long CallCount => layers.Sum(layer => layer.CallCount);

    internal static Sequential FromConfig(ConfigReader config)
    {
        if (config.Node("layers") is not JsonArray list)
        {
            throw config.Error("layers", "expected a list of layers");
        }

        if (list.Count > MostLayers)
        {
            throw config.Error("layers", $"expected at most {MostLayers} layers, found {list.Count}");
        }

        var model = new Sequential(name: config.OptionalString("name"));
        for (int i = 0; i < list.Count; i++)
        {
            model.Add(LayerRegistry.Deserialize(list[i], $"{config.Place}/layers[{i}]"));
        }

        if (model.input is null)
        {
            model.buildShape = BuildShape(config, list);
        }

        return model;
    }

    private protected override JsonObject ConfigFor(bool legacy)
    {
        // Keras puts an InputLayer before the layers of every built model.
        Input first = input ?? new Input(InputShape![1..], name: "input_layer");
        JsonObject config = GetConfig();
        config["layers"] = new JsonArray([first.Serialize(legacy), .. layers.Select(layer => layer.Serialize(legacy))]);
        config["build_input_shape"] = InputShape!.ToJson();
        return config;
    }

    internal override void BuildFor(IReadOnlyList<Shape> inputShapes, CallArguments arguments, BuildContext context)
    {
        if (layers.Count == 0)
        {
            throw new InvalidOperationException($"The model '{Name}' has no layers.");
        }

        if (inputShapes is not [var inputShape])
        {
            throw new ArgumentException($"The model '{Name}' takes one input; got {inputShapes.Count}.", nameof(inputShapes));
        }

        if (input is not null && !input.BatchShape.IsCompatibleWith(inputShape))
        {
            throw new ArgumentException($"The model '{Name}' takes inputs of shape {input.BatchShape}; got {inputShape}.",
                nameof(inputShapes));
        }

        BuildContext inside = context.Within(Name);
        Shape shape = inputShape;
        foreach (Layer layer in layers)
        {
            if (layer.Built)
            {
                // Layers added later get the initial weights that they would have had from the start.
                inside.Skip(layer.Weights.Count);
            }

            layer.BuildFor(shape, inside);
            shape = layer.ComputeOutputShape(shape);
        }

        base.BuildFor(inputShapes, arguments, context);
    }

    internal override IReadOnlyList<string> InputNames => [input?.Name ?? "input_layer"];

    internal override IReadOnlyList<ScalarType> InputTypes =>
        [input?.TypeFor(layers.Take(1)) ?? (layers is [var first, ..] && first.TakesIdentifiers ? ScalarType.Int64 : ScalarType.Float32)];

    internal override IReadOnlyList<string> OutputNames => [layers is [.., var last] ? last.Name : Name];

    private protected override IReadOnlyList<Shape>? DeclaredInputShapes =>
        (input?.BatchShape ?? buildShape) is { } declared ? [declared] : layers is [Model first, ..] ? DeclaredBy(first) : null;

    private protected override void Build(IReadOnlyList<Shape> inputShapes, CallArguments arguments)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        foreach (Layer layer in layers)
        {
            x = layer.Forward(x, context);
        }

        return x;
    }

    // Keras 2 could omit the InputLayer and store the shape in the configuration of the first layer.
    private static Shape? BuildShape(ConfigReader config, JsonArray layers)
    {
        Shape? shape = config.OptionalShape("build_input_shape");
        if (shape is null && layers is [JsonObject first, ..])
        {
            shape = KerasObject.Unwrap(first, $"{config.Place}/layers[0]").Config.OptionalShape("batch_input_shape");
        }

        return shape is { Rank: > 0 } ? shape : null;
    }

    // The shapes change with the layers; existing weights are kept.
    private void ForgetShapes()
    {
        ForgetPlan();
        if (Built)
        {
            buildShape ??= InputShape;
            Unbuild();
        }
    }

    private void Trace()
    {
        BuildIfDeclared();
        if (start is null)
        {
            Shape shape = (DeclaredInputShapes is [var declared] ? declared : InputShape) ?? throw new InvalidOperationException(
                $"The input shape of the model '{Name}' is not known yet, so its layers have no input and output tensors. "
                + "Start it with new Input(shape), call Build(inputShape), or train it.");
            string dtype = InputTypes[0] == ScalarType.Int64 ? "int32" : "float32";
            start = (input ?? new Input(shape[1..], shape[0] == Shape.None ? null : shape[0], dtype: dtype)).Outputs[0];
        }

        path.RemoveRange(traced, path.Count - traced);
        for (; traced < layers.Count; traced++)
        {
            path.Add(layers[traced].Apply(path.Count == 0 ? start : path[^1]));
            layers[traced].Traced(path[^1].Producer);
        }
    }

    private void BuildIfDeclared()
    {
        if (!Built && DeclaredInputShapes is not null)
        {
            EnsureBuilt();
        }
    }
}

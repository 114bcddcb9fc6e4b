using System.Text.Json.Nodes;
using Cairn.Graphs;
using Cairn.Layers;
using Cairn.Operations;
using Cairn.Saving;
using Cairn.Training;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>
/// A model defined by a graph of layers, with any number of inputs and outputs, skip connections and shared layers. Keras:
/// <c>Model(inputs, outputs)</c>.
/// </summary>
/// <remarks>
/// <code>
/// var left = new Input([64], name: "left");
/// var right = new Input([3], name: "right");
/// KerasTensor hidden = new Dense(32, activation: "relu").Apply(left);
/// KerasTensor y = new Dense(1).Apply(new Concatenate().Apply(hidden, right));
/// var model = new Functional(inputs: [left, right], outputs: y);
/// </code>
/// A layer that is applied twice has one set of weights. A layer already built by another model keeps its weights, and both models share
/// them. A derived class can override <see cref="Model.TrainStep"/> to train the graph. Files contain the graph, as a <c>Functional</c>.
/// </remarks>
public class Functional : Model
{
    private readonly LayerGraph graph;
    private readonly GraphProgram program;
    private readonly long callCount;
    private readonly Layer[] layers;

    /// <summary>Creates a model with one input and one output.</summary>
    /// <param name="inputs">An <see cref="Input"/>, or an intermediate tensor of a graph, where the model then starts.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="name">The model's name; <c>functional</c> by default.</param>
    /// <param name="seed">Seed of all random operations; see <see cref="Model.Seed"/>.</param>
    /// <exception cref="ArgumentException">
    /// The output also depends on an input that is not given, or two layers have the same name.
    /// </exception>
    public Functional(KerasTensor inputs, KerasTensor outputs, string? name = null, long? seed = null)
        : this([inputs], [outputs], TensorForm.Single, TensorForm.Single, name, seed)
    {
    }

    /// <summary>Creates a model with several inputs.</summary>
    /// <param name="inputs">Each an <see cref="Input"/>, or an intermediate tensor of a graph, where the model then starts.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="name">The model's name; <c>functional</c> by default.</param>
    /// <param name="seed">Seed of all random operations; see <see cref="Model.Seed"/>.</param>
    /// <exception cref="ArgumentException">
    /// There is no input, an input is given twice, the output also depends on an input that is not given, or two layers have the same name.
    /// </exception>
    public Functional(IReadOnlyList<KerasTensor> inputs, KerasTensor outputs, string? name = null, long? seed = null)
        : this(inputs, [outputs], TensorForm.List, TensorForm.Single, name, seed)
    {
    }

    /// <summary>Creates a model with several outputs.</summary>
    /// <param name="inputs">An <see cref="Input"/>, or an intermediate tensor of a graph, where the model then starts.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="name">The model's name; <c>functional</c> by default.</param>
    /// <param name="seed">Seed of all random operations; see <see cref="Model.Seed"/>.</param>
    /// <exception cref="ArgumentException">
    /// There is no output, an output also depends on an input that is not given, or two layers have the same name.
    /// </exception>
    public Functional(KerasTensor inputs, IReadOnlyList<KerasTensor> outputs, string? name = null, long? seed = null)
        : this([inputs], outputs, TensorForm.Single, TensorForm.List, name, seed)
    {
    }

    /// <summary>Creates a model with several inputs and outputs.</summary>
    /// <param name="inputs">Each an <see cref="Input"/>, or an intermediate tensor of a graph, where the model then starts.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="name">The model's name; <c>functional</c> by default.</param>
    /// <param name="seed">Seed of all random operations; see <see cref="Model.Seed"/>.</param>
    /// <exception cref="ArgumentException">
    /// There is no input or output, an input is given twice, an output also depends on an input that is not given, or two layers have the
    /// same name.
    /// </exception>
    public Functional(IReadOnlyList<KerasTensor> inputs, IReadOnlyList<KerasTensor> outputs, string? name = null, long? seed = null)
        : this(inputs, outputs, TensorForm.List, TensorForm.List, name, seed)
    {
    }

    internal Functional(IReadOnlyList<KerasTensor> inputs, IReadOnlyList<KerasTensor> outputs, TensorForm inputForm, TensorForm outputForm,
        string? name, long? seed)
        : base(name)
    {
        Check(inputs, nameof(inputs));
        Check(outputs, nameof(outputs));
        if (inputs.Distinct().Count() < inputs.Count)
        {
            throw new ArgumentException("An input is given twice; give each input once.", nameof(inputs));
        }

        Seed = seed;
        InputForm = inputForm;
        OutputForm = outputForm;
        (inputs, outputs) = InnerInputs.Replace(inputs, outputs);
        graph = LayerGraph.Between([.. inputs], [.. outputs]);
        LayerNames.Assign(graph.Layers);
        program = new GraphProgram(graph);
        layers = [.. graph.Layers.Where(layer => layer is not Operation)];
        callCount = graph.Calls.Aggregate(0L, (count, call) => Math.Min(count + call.Layer.CallCount, int.MaxValue));
    }

    /// <summary>The inputs.</summary>
    public override IReadOnlyList<KerasTensor> Inputs => graph.Inputs;

    /// <summary>The outputs.</summary>
    public override IReadOnlyList<KerasTensor> Outputs => graph.Outputs;

    /// <summary>
    /// The layers in Keras' order, from the inputs to the outputs, including each <see cref="Input"/>, but without
    /// <see cref="Operations"/>.
    /// </summary>
    public override IReadOnlyList<Layer> Layers => layers;

    /// <summary>
    /// The layers, and the operations that operators and <see cref="Ops"/> applied to their outputs, in Keras' order. Keras:
    /// <c>operations</c>.
    /// </summary>
    public IReadOnlyList<Layer> Operations => graph.Layers;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Weights
    {
        get
        {
            EnsureBuilt();
            return [.. Layers.SelectMany(l => l.Weights).Distinct()];
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> TrainableWeights
    {
        get
        {
            EnsureBuilt();
            return Trainable ? [.. Layers.SelectMany(l => l.TrainableWeights).Distinct()] : [];
        }
    }

    /// <summary>The class name in files: <c>Functional</c>, also for derived classes.</summary>
    public sealed override string ClassName => nameof(Functional);

    private protected override bool IsSavedAsOfKeras => true;

    /// <summary>Whether the model computes what its graph says: a derived class may override it.</summary>
    internal bool HasFunctionOfGraph => GetType() == typeof(Functional)
        || (((Func<Tensor[], CallContext, Tensor[]>)Call).Method.DeclaringType == typeof(Functional)
        && ((Func<Tensor, CallContext, Tensor>)Call).Method.DeclaringType == typeof(Functional));

    /// <summary>The model's graph.</summary>
    internal LayerGraph Graph => graph;

    /// <summary>The structure in which the inputs were given.</summary>
    internal TensorForm InputForm { get; }

    /// <summary>The structure in which the outputs were given.</summary>
    internal TensorForm OutputForm { get; }

    internal override IReadOnlyList<string> InputNames => [.. Inputs.Select(i => i.Layer.Name)];

    internal override IReadOnlyList<string> OutputNames => Unique([.. Outputs.Select(o => o.Layer.Name)]);

    internal override IReadOnlyList<ScalarType> InputTypes => [.. Inputs.Select(input => input.Layer is Input declared
        ? declared.TypeFor(graph.Calls.Where(call => call.Inputs.Contains(input)).Select(call => call.Layer))
        : ScalarType.Float32)];

    internal override bool HasSeveralOutputs => Outputs.Count > 1;

    internal override long CallCount => callCount;

    private protected override IReadOnlyList<Shape> DeclaredInputShapes => [.. Inputs.Select(i => i.Shape)];

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => One(ComputeOutputShapes([inputShape]));

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        CheckInputShapes(inputShapes);
        return inputShapes.SequenceEqual(Inputs.Select(i => i.Shape)) ? [.. Outputs.Select(o => o.Shape)]
            : program.ComputeShapes(inputShapes);
    }

    internal static Functional FromConfig(ConfigReader config) => GraphReader.Read(config);

    private protected override string KerasModule => "keras.src.models.functional";

    private protected override JsonObject ConfigFor(bool legacy)
    {
        var config = new JsonObject { ["name"] = Name, ["trainable"] = Trainable };
        GraphConfig.Write(this, config, layer => layer.Serialize(legacy));
        return config;
    }

    private protected override void CompleteEnvelope(JsonObject envelope)
    {
        envelope["registered_name"] = ClassName;
        base.CompleteEnvelope(envelope);
    }

    /// <summary>Null: Keras writes none, since a graph holds all shapes.</summary>
    internal override JsonObject BuildConfig() => new() { ["input_shape"] = null };

    internal override void BuildFor(IReadOnlyList<Shape> inputShapes, CallArguments arguments, BuildContext context)
    {
        CheckInputShapes(inputShapes);

        // As in Keras, the weight paths of the outermost graph's layers don't contain the model's name.
        BuildContext inside = context.IsOutermost ? context : context.Within(Name);

        // In the order of the layers, so that a weight's number, which determines its initial values, is its index among the model's
        // weights.
        ILookup<Layer, LayerCall> calls = graph.CallsByLayer();
        foreach (Layer layer in graph.Layers)
        {
            foreach (LayerCall call in calls[layer])
            {
                IReadOnlyList<Shape> shapes = layer is Input ? [call.Outputs[0].Shape] : [.. call.Inputs.Select(i => i.Shape)];
                layer.BuildFor(shapes, call.Arguments, inside);
            }
        }

        base.BuildFor(DeclaredInputShapes, arguments, context);
    }

    internal override bool MixesSamples(CallContext context) => graph.Layers.Any(layer => layer.MixesSamples(context));

    private protected override void Build(IReadOnlyList<Shape> inputShapes, CallArguments arguments)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => One(Call([x], context));

    /// <inheritdoc/>
    protected override Tensor[] Call(Tensor[] inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return inputs.Length == Inputs.Count ? program.Run(inputs, context) : throw WrongCount(inputs.Length);
    }

    private static void Check(IReadOnlyList<KerasTensor> tensors, string argument)
    {
        ArgumentNullException.ThrowIfNull(tensors, argument);
        if (tensors.Count == 0 || tensors.Contains(null!))
        {
            throw new ArgumentException(
                $"A model needs at least one of {argument}; {(tensors.Count == 0 ? "none is given" : "one of them is null")}.", argument);
        }
    }

    // A layer may produce several outputs; as in Keras 2, those after the first get a number.
    private static string[] Unique(string[] names)
    {
        var taken = new TakenNames();
        return Array.ConvertAll(names, name => taken.Unique(name));
    }

    private void CheckInputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (inputShapes.Count != Inputs.Count)
        {
            throw WrongCount(inputShapes.Count);
        }

        for (int i = 0; i < inputShapes.Count; i++)
        {
            if (!Inputs[i].Shape.IsCompatibleWith(inputShapes[i]))
            {
                throw new ArgumentException(
                    $"The input '{Inputs[i].Layer.Name}' of the model '{Name}' has the shape {Inputs[i].Shape}; got {inputShapes[i]}.",
                    nameof(inputShapes));
            }
        }
    }

    private T One<T>(IReadOnlyList<T> outputs) => outputs.Count == 1
        ? outputs[0]
        : throw new InvalidOperationException($"The model '{Name}' has {outputs.Count} outputs ({string.Join(", ", OutputNames)}); a "
        + "single output is needed here.");

    private ArgumentException WrongCount(int count) => new(
        $"The model '{Name}' takes {Inputs.Count} input{(Inputs.Count == 1 ? "" : "s")} ({string.Join(", ", InputNames)}); "
        + $"got {count}.", "inputs");
}

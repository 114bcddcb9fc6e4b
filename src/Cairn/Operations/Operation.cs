using System.Text.Json.Nodes;
using Cairn.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Operations;

/// <summary>An operation in a graph, such as the sum of two tensors: it has no weights, and masks end at it. Keras: <c>Operation</c>.</summary>
internal sealed class Operation : Layer
{
    private readonly List<OperationBinding> bindings = [];

    /// <summary>Makes an operation.</summary>
    /// <param name="definition">Which one.</param>
    /// <param name="settings">What Keras' constructor takes; what is missing has its default.</param>
    /// <param name="name">Unique name, or null for the automatic one.</param>
    public Operation(OperationDefinition definition, JsonObject? settings = null, string? name = null)
        : base(name)
    {
        Definition = definition;
        Settings = settings ?? [];
    }

    public OperationDefinition Definition { get; }

    public JsonObject Settings { get; }

    /// <inheritdoc/>
    public override string ClassName => Definition.ClassName;

    /// <summary>Tensors of a call always come in one list, with the way they are used beside them.</summary>
    internal override bool HasSeveralOutputs => true;

    /// <summary>Records a call.</summary>
    /// <param name="inputs">The tensors of the graph that go in.</param>
    /// <param name="positions">The arguments by position.</param>
    /// <param name="keywords">The arguments by name.</param>
    /// <exception cref="ArgumentException">The operation can't take them.</exception>
    public IReadOnlyList<KerasTensor> Record(IReadOnlyList<KerasTensor> inputs, IReadOnlyList<Operand> positions,
        IReadOnlyDictionary<string, Operand> keywords)
    {
        Native.LibTorch.EnsureLoaded();
        var binding = new OperationBinding(this, inputs, positions, keywords);
        bindings.Add(binding);
        (IReadOnlyList<Shape> shapes, IReadOnlyList<ScalarType> types) =
            OperationShapes.Find(binding, [.. inputs.Select(input => input.Shape)]);
        return new LayerCall(this, inputs, CallArguments.Of(binding, inputs.Count), shapes, types).Outputs;
    }

    /// <summary>What may come out for a sample can depend on others; only what is computed number by number keeps them apart.</summary>
    internal override bool MixesSamples(CallContext context) => !Definition.IsElementwise;

    internal override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes, CallArguments arguments) =>
        OperationShapes.Find(arguments.Operation!, inputShapes).Shapes;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => bindings is [var only, ..]
        ? OperationShapes.Find(only, [inputShape]).Shapes[0]
        : throw new InvalidOperationException($"The operation {ClassName} is not part of a graph.");

    internal override JsonObject? BuildConfig() => null;

    private protected override string KerasModule => Definition.Module;

    /// <summary>The settings as Keras writes them, those with their defaults too.</summary>
    private protected override JsonObject ConfigFor(bool legacy)
    {
        if (legacy)
        {
            // Keras writes such files, but finds no operation by its bare class name when it reads them.
            throw new NotSupportedException(
                $"The graph holds the operation '{Name}' ({ClassName}), which the '.h5' format can't hold in a way that Keras reads again; "
                    + "save it as '.keras'.");
        }

        var config = new JsonObject { ["name"] = Name };
        foreach (OperationParameter setting in Definition.Settings)
        {
            config[setting.Name] = (Settings.ContainsKey(setting.Name) ? Settings[setting.Name] : setting.Default)?.DeepClone();
        }

        return config;
    }

    private protected override void CompleteEnvelope(JsonObject envelope) => envelope["registered_name"] = ClassName;

    private protected override void Build(IReadOnlyList<Shape> inputShapes, CallArguments arguments)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) =>
        throw new InvalidOperationException($"The operation {ClassName} is not part of a graph.");

    private protected override Tensor[] Call(Tensor[] inputs, CallArguments arguments, CallContext context) =>
        arguments.Operation!.Run(inputs);

    private protected override void PropagateMasks(Tensor[] inputs, Tensor[] outputs, CallContext context)
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (OperationBinding binding in bindings)
            {
                binding.Dispose();
            }
        }

        base.Dispose(disposing);
    }
}

using System.Text.Json.Nodes;
using Cairn.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Operations;

/// <summary>
/// An operation in a graph, such as the sum of two tensors. It has no weights and does not propagate masks. Keras: <c>Operation</c>.
/// </summary>
internal sealed class Operation : Layer
{
    private readonly List<OperationBinding> bindings = [];

    /// <summary>Creates an operation.</summary>
    /// <param name="definition">The definition of the operation.</param>
    /// <param name="settings">The arguments of Keras' constructor; missing ones have their defaults.</param>
    /// <param name="name">A unique name, or null for an automatic one.</param>
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

    /// <summary>The tensors of a call are always one list; how they are used is stored separately.</summary>
    internal override bool HasSeveralOutputs => true;

    /// <summary>Records a call.</summary>
    /// <param name="inputs">The input tensors of the graph.</param>
    /// <param name="positions">The arguments by position.</param>
    /// <param name="keywords">The arguments by name.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
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

    /// <summary>The result for a sample may depend on other samples, unless the operation is element-wise.</summary>
    internal override bool MixesSamples(CallContext context) => !Definition.IsElementwise;

    internal override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes, CallArguments arguments) =>
        OperationShapes.Find(arguments.Operation!, inputShapes).Shapes;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => bindings is [var only, ..]
        ? OperationShapes.Find(only, [inputShape]).Shapes[0]
        : throw new InvalidOperationException($"The operation {ClassName} is not part of a graph.");

    internal override JsonObject? BuildConfig() => null;

    private protected override string KerasModule => Definition.Module;

    /// <summary>The settings as Keras writes them, including defaults.</summary>
    private protected override JsonObject ConfigFor(bool legacy)
    {
        if (legacy)
        {
            // Keras writes such files, but can't read them back, since it does not find operations by class name alone.
            throw new NotSupportedException(
                $"The graph contains the operation '{Name}' ({ClassName}), which Keras can't read from an '.h5' file; save the model "
                    + "as '.keras'.");
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

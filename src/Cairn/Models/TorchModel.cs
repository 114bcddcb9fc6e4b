using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>A TorchSharp module as a model, with Compile, Fit, callbacks and weight files. Created by <c>Model.From</c>.</summary>
/// <remarks>
/// The model trains the module's parameters in place; the caller keeps ownership of the module. The module is switched between training and
/// evaluation mode as needed, except for submodules that are in evaluation mode while the module itself is in training mode: these stay in
/// evaluation mode. Random numbers from libtorch's generator, such as those of dropout, depend on the model's seed and the step number.
/// Parameters whose <c>requires_grad</c> is false are not trained, whenever it is set; buffers, such as the statistics of batch
/// normalization, are non-trainable weights. Files hold the weights, not the module, which is code.
/// </remarks>
public sealed class TorchModel : Model
{
    private readonly Func<Tensor[], Tensor[]> forward;
    private readonly ScalarType[] inputTypes;
    private readonly string[] inputNames;
    private readonly Variable[] variables;
    private readonly HashSet<Variable> parameters;
    private readonly Dictionary<Variable, (bool Wanted, bool Left)> flags = [];
    private readonly HashSet<nn.Module> kept = new(ReferenceEqualityComparer.Instance);

    internal TorchModel(nn.Module module, Func<Tensor[], Tensor[]> forward, int inputs, int outputs, IReadOnlyList<ScalarType>? inputTypes,
        string? name, long? seed)
        : base(name)
    {
        if (inputTypes is not null && inputTypes.Count != inputs)
        {
            throw new ArgumentException($"inputTypes has {inputTypes.Count} types; the module takes {inputs} inputs.", nameof(inputTypes));
        }

        Module = module;
        this.forward = forward;
        this.inputTypes = inputTypes is null ? [.. Enumerable.Repeat(ScalarType.Float32, inputs)] : [.. inputTypes];
        inputNames = NamesOfInputs(module);
        if (inputNames.Length != inputs)
        {
            inputNames = [.. Enumerable.Range(1, inputs).Select(i => $"input_{i}")];
        }

        OutputNames = outputs == 1 ? [Name] : [.. Enumerable.Range(1, outputs).Select(i => $"output_{i}")];
        Seed = seed;
        variables = Wrap(module);
        parameters = [.. variables.Take(module.parameters().Count())];
        if (variables.FirstOrDefault()?.Value.device is { } device && device.type != DeviceType.CPU)
        {
            MoveTo(device);
        }
    }

    /// <summary>The module. The caller owns and disposes it.</summary>
    public nn.Module Module { get; }

    /// <summary>Empty: the module is not made of layers.</summary>
    public override IReadOnlyList<Layer> Layers => [];

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Weights => variables;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> TrainableWeights
    {
        get
        {
            // Always read, so that the caller's setting is known before this model changes it.
            Variable[] wanted = [.. variables.Where(IsWanted)];
            return Trainable ? wanted : [];
        }
    }

    /// <summary>The shape of the module's output for zeros of the given shape.</summary>
    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        IReadOnlyList<Shape> outputs = ComputeOutputShapes([inputShape]);
        return outputs.Count == 1 ? outputs[0]
            : throw new InvalidOperationException($"The model '{Name}' has {outputs.Count} outputs; a single output is needed here.");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (inputShapes.Count != inputTypes.Length)
        {
            throw new ArgumentException($"The model '{Name}' takes {inputTypes.Length} inputs ({string.Join(", ", inputNames)}); "
                + $"got {inputShapes.Count}.", nameof(inputShapes));
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Switch(training: false);
        Tensor[] zeros = [.. inputShapes.Select((shape, i) => torch.zeros([1, .. shape[1..]], inputTypes[i], Device))];
        return [.. forward(zeros).Select(output => ((Shape)output.shape).OpenBatch)];
    }

    internal override IReadOnlyList<string> InputNames => inputNames;

    internal override IReadOnlyList<string> OutputNames { get; }

    internal override bool HasSeveralOutputs => OutputNames.Count > 1;

    internal override IReadOnlyList<ScalarType> InputTypes => inputTypes;

    internal override IReadOnlyList<Variable> OwnWeights => variables;

    private protected override IReadOnlyList<Shape>? DeclaredInputShapes => null;

    /// <summary>True: the weights exist before the input shape is known.</summary>
    internal override void EnsureBuilt(long mostNumbers = long.MaxValue, bool leaveEmpty = false)
    {
    }

    internal override void MoveTo(Device device)
    {
        Module.to(device);
        Variable[] moved = Wrap(Module);
        for (int i = 0; i < variables.Length; i++)
        {
            variables[i].Follow(moved[i].Value);
        }

        base.MoveTo(device);
    }

    internal override IModelSnapshot PrepareSave(
        string filepath, IReadOnlyDictionary<string, string>? remarks, bool weightsOnly, Func<Variable, WeightData> read) =>
        weightsOnly ? base.PrepareSave(filepath, remarks, weightsOnly, read) : throw Unsaveable();

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Call([x], context)[0];

    /// <inheritdoc/>
    protected override Tensor[] Call(Tensor[] inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Switch(context.Training);
        if (context.Training)
        {
            context.SeedLibtorch();
        }

        return forward(inputs);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => throw Unsaveable();

    /// <summary>Does nothing: the weights exist already.</summary>
    private protected override void Build(IReadOnlyList<Shape> inputShapes, CallArguments arguments)
    {
    }

    // Before the callbacks, so that a submodule that they put in evaluation mode stays in it.
    internal override void BeginTraining() => Switch(training: true);

    private protected override void EndTraining() => Switch(training: false);

    /// <summary>Frees the optimizer's state; the module and its parameters remain the caller's.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            MarkDisposed();
            Optimizer?.Dispose();
        }
    }

    private static Variable[] Wrap(nn.Module module)
    {
        var wrapped = new List<Variable>();
        foreach ((string name, Parameter parameter) in module.named_parameters())
        {
            if (parameter.dtype != ScalarType.Float32)
            {
                throw new ArgumentException(
                    $"The parameter '{name}' of the module is of type {parameter.dtype}; models train in float32. Call "
                        + "module.to(torch.float32) first.", nameof(module));
            }

            wrapped.Add(new Variable(name, parameter, parameter.requires_grad));
        }

        foreach ((string name, Tensor buffer) in module.named_buffers(include_nonpersistent: false))
        {
            wrapped.Add(new Variable(name, buffer, trainable: false));
        }

        return [.. wrapped.Where(v => v.Trainable), .. wrapped.Where(v => !v.Trainable)];
    }

    /// <summary>Whether a parameter is trained: its <c>requires_grad</c>, unless this model itself has changed it since.</summary>
    private bool IsWanted(Variable variable)
    {
        if (!parameters.Contains(variable))
        {
            return false;
        }

        bool now = variable.Value.requires_grad;
        if (!flags.TryGetValue(variable, out (bool Wanted, bool Left) flag) || flag.Left != now)
        {
            flags[variable] = flag = (now, now);
        }

        return flag.Wanted;
    }

    private protected override bool MayTrainMore => true;

    private protected override bool HasChangedTrainable =>
        parameters.Any(p => flags.TryGetValue(p, out (bool Wanted, bool Left) flag) && p.Value.requires_grad != flag.Left);

    private protected override void MarkedTrainable()
    {
        foreach (Variable parameter in parameters)
        {
            flags[parameter] = flags[parameter] with { Left = parameter.Value.requires_grad };
        }
    }

    // Every call visits all submodules. A submodule in evaluation mode within a module in training mode was put there on purpose.
    private void Switch(bool training)
    {
        if (Module.training == training)
        {
            return;
        }

        if (!training)
        {
            kept.Clear();
            kept.UnionWith(Submodules.Where(m => !m.training));
            Module.train(false);
            return;
        }

        kept.RemoveWhere(m => m.training);
        Module.train(true);
        foreach (nn.Module module in kept.Count == 0 ? [] : Submodules.ToArray())
        {
            module.train(!kept.Contains(module));
        }
    }

    private IEnumerable<nn.Module> Submodules => Module.modules().Where(m => !ReferenceEquals(m, Module));

    private NotSupportedException Unsaveable() => new(
        $"The model '{Name}' can't be saved as a whole: "
        + $"a file can't hold the code of the module {Module.GetType().Name}. Save its weights: "
        + "SaveWeights(\"model.weights.h5\"), or ModelCheckpoint(\"model.weights.h5\", saveWeightsOnly: true).");

    [UnconditionalSuppressMessage("Trimming", "IL2075",
        Justification = "The names are for display; if the method is trimmed, they are input_1, input_2, …")]
    private static string[] NamesOfInputs(nn.Module module) =>
    [.. module.GetType().GetMethod("forward")?.GetParameters().Select(p => p.Name!) ?? []];
}

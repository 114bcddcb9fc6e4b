using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>A network written for TorchSharp, with all that a model has: Compile, Fit, callbacks, files of weights. Made by <c>Model.From</c>.</summary>
/// <remarks>
/// The model trains the module's own parameters, in place, and the module stays the caller's. It is switched to training and back to
/// evaluation as needed, except for submodules that are in evaluation mode while the module itself is in training mode: they stay so. What it draws
/// from libtorch's generator, such as dropout, follows from the model's seed and the number of the step. Parameters with <c>requires_grad</c> off
/// are not trained, whenever that is set; buffers, such as the statistics of batch normalization, are weights that are not trained either. A file can hold the weights, not the module, which is code.
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
            throw new ArgumentException($"inputTypes holds {inputTypes.Count} types; the module takes {inputs} inputs.",
                nameof(inputTypes));
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

    /// <summary>The network. It stays the caller's, who disposes it.</summary>
    public nn.Module Module { get; }

    /// <summary>None: the module is the model's one part.</summary>
    public override IReadOnlyList<Layer> Layers => [];

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Weights => variables;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> TrainableWeights
    {
        get
        {
            // Looked at in any case, so that what the caller set is known before this model sets something else.
            Variable[] wanted = [.. variables.Where(IsWanted)];
            return Trainable ? wanted : [];
        }
    }

    /// <summary>What the module gives for zeros of that shape.</summary>
    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        IReadOnlyList<Shape> outputs = ComputeOutputShapes([inputShape]);
        return outputs.Count == 1 ? outputs[0]
            : throw new InvalidOperationException($"The model '{Name}' gives {outputs.Count} outputs where one is needed.");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (inputShapes.Count != inputTypes.Length)
        {
            throw new ArgumentException($"The model '{Name}' takes {inputTypes.Length} inputs ({string.Join(", ", inputNames)}); it was "
                + $"given {inputShapes.Count}.", nameof(inputShapes));
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Switch(training: false);
        Tensor[] zeros = [.. inputShapes.Select((shape, i) => torch.zeros([1, .. shape[1..]], inputTypes[i], Device))];
        return [.. forward(zeros).Select(output => ((Shape)output.shape)[1..].WithBatch())];
    }

    internal override IReadOnlyList<string> InputNames => inputNames;

    internal override IReadOnlyList<string> OutputNames { get; }

    internal override bool HasSeveralOutputs => OutputNames.Count > 1;

    internal override IReadOnlyList<ScalarType> InputTypes => inputTypes;

    internal override IReadOnlyList<Variable> OwnWeights => variables;

    private protected override IReadOnlyList<Shape>? DeclaredInputShapes => null;

    /// <summary>The weights exist before the input's shape is known.</summary>
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

    /// <summary>The weights are there.</summary>
    private protected override void Build(IReadOnlyList<Shape> inputShapes, CallArguments arguments)
    {
    }

    private protected override void EndTraining() => Switch(training: false);

    /// <summary>Frees the optimizer's state; the module and its parameters stay the caller's.</summary>
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
                    $"The parameter '{name}' of the module is of type {parameter.dtype}; models train in float32 here. Call "
                        + "module.to(torch.float32) before.", nameof(module));
            }

            wrapped.Add(new Variable(name, parameter, parameter.requires_grad));
        }

        foreach ((string name, Tensor buffer) in module.named_buffers(include_nonpersistent: false))
        {
            wrapped.Add(new Variable(name, buffer, trainable: false));
        }

        return [.. wrapped.Where(v => v.Trainable), .. wrapped.Where(v => !v.Trainable)];
    }

    /// <summary>Whether a parameter is to be trained: what its <c>requires_grad</c> says, unless this model itself has set it since.</summary>
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

    private protected override bool MayTakeUpMore => true;

    private protected override bool HasChangedTrainable =>
        parameters.Any(p => flags.TryGetValue(p, out (bool Wanted, bool Left) flag) && p.Value.requires_grad != flag.Left);

    private protected override void MarkedTrainable()
    {
        foreach (Variable parameter in parameters)
        {
            flags[parameter] = flags[parameter] with { Left = parameter.Value.requires_grad };
        }
    }

    // Every call walks through all submodules. What was in evaluation mode within a module in training mode is so by its owner's will.
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
        $"The model '{Name}' can't be saved whole: a file can't hold the code of the module {Module.GetType().Name}. Save its weights: "
        + "SaveWeights(\"model.weights.h5\"), or ModelCheckpoint(\"model.weights.h5\", saveWeightsOnly: true).");

    [UnconditionalSuppressMessage("Trimming", "IL2075",
        Justification = "Names for people; where the method was trimmed away they are input_1, input_2, …")]
    private static string[] NamesOfInputs(nn.Module module) =>
    [.. module.GetType().GetMethod("forward")?.GetParameters().Select(p => p.Name!) ?? []];
}

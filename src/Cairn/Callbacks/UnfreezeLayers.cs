using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Makes frozen layers trainable from a given epoch on, for fine-tuning: the new layers of a model are trained first, the pretrained ones
/// later.
/// </summary>
/// <example>
/// <code>
/// // "base" was frozen with Trainable = false before Compile.
/// model.Fit(x, y, epochs: 20, callbacks: [new UnfreezeLayers(5, ["base"], learningRate: 1e-5)]);
/// </code>
/// </example>
/// <remarks>
/// At the beginning of the epoch, <see cref="Layer.Trainable"/> of the layers is set to true and the optimizer adds their weights, with new
/// state. The state of the other weights and the number of steps are unchanged. Optimizers such as Adam correct the bias of averages that
/// start at zero by the number of steps. For weights added later this correction is too small, so that their first steps are up to three
/// times as long; use a smaller learning rate. The layers stay unfrozen after training. Use several callbacks to unfreeze layers in stages.
/// </remarks>
public sealed class UnfreezeLayers : Callback
{
    private bool done;

    /// <summary>Creates the callback.</summary>
    /// <param name="epoch">Index of the epoch at which the layers become trainable, from 0.</param>
    /// <param name="layers">
    /// Names of layers. A layer in a nested model is named by its path, such as <c>"base/block5"</c>; only that layer is unfrozen there.
    /// Null (default) for all layers.
    /// </param>
    /// <param name="learningRate">The learning rate from that epoch on; null (default) leaves it unchanged.</param>
    /// <param name="verbose">1 prints a message. Default 0.</param>
    /// <exception cref="ArgumentException"><paramref name="layers"/> is empty or has an empty name.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The epoch is negative, or the learning rate is not greater than 0.</exception>
    public UnfreezeLayers(int epoch, IReadOnlyList<string>? layers = null, double? learningRate = null, int verbose = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        if (layers is { Count: 0 } || (layers?.Any(string.IsNullOrEmpty) ?? false))
        {
            throw new ArgumentException("layers is empty or has an empty name; omit it to unfreeze all layers.", nameof(layers));
        }

        if (learningRate is { } rate && !(rate > 0 && float.IsFinite((float)rate)))
        {
            throw new ArgumentOutOfRangeException(nameof(learningRate), rate,
                "learningRate must be greater than 0, or null to leave it unchanged.");
        }

        Epoch = epoch;
        Layers = layers is null ? null : [.. layers];
        LearningRate = learningRate;
        Verbose = verbose;
    }

    /// <summary>Index of the epoch at which the layers become trainable.</summary>
    public int Epoch { get; }

    /// <summary>Names or paths of the layers; null for all.</summary>
    public IReadOnlyList<string>? Layers { get; }

    /// <summary>The learning rate from that epoch on; null leaves it unchanged.</summary>
    public double? LearningRate { get; }

    /// <summary>0 = silent, 1 = prints a message.</summary>
    public int Verbose { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The model has no layer of a given name; the message suggests the nearest one.</exception>
    /// <exception cref="InvalidOperationException">
    /// A learning rate is given, but the optimizer uses a learning-rate schedule.
    /// </exception>
    public override void OnTrainBegin(Logs logs)
    {
        done = false;
        foreach (string path in Layers ?? [])
        {
            Find(path);
        }

        if (LearningRate is not null && Model.Optimizer?.Schedule is { } schedule)
        {
            throw new InvalidOperationException(
                $"{Name} cannot set the learning rate: the optimizer uses the learning-rate schedule {schedule.ClassName}. "
                + "Create the optimizer with a number as its learningRate, or omit learningRate.");
        }
    }

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs)
    {
        if (epoch < Epoch || done)
        {
            return;
        }

        done = true;
        long before = Count();
        Unfreeze();
        long more = Count() - before;
        if (more == 0)
        {
            Warn($"{Name}: {Named()} {(Layers is { Count: 1 } ? "is" : "are")} already trainable; nothing changes in epoch {epoch + 1}.");
        }
        else
        {
            if (Verbose > 0)
            {
                Print($"\nEpoch {epoch + 1}: UnfreezeLayers unfreezing {Named()}: {more} more trainable parameters.");
            }

            Record(EventKind.LayersUnfrozen, $"{Named()} unfrozen, {more} more trainable parameters", before, before + more);
        }

        if (LearningRate is { } rate && Model.Optimizer is { } optimizer)
        {
            double old = optimizer.LearningRate;
            optimizer.LearningRate = rate;
            Record(EventKind.LearningRateSet, $"learning rate set to {PythonNumber.Repr(rate)}", old, optimizer.LearningRate);
        }
    }

    /// <inheritdoc/>
    /// <returns>Whether the layers are unfrozen.</returns>
    public override SavedState? SaveState()
    {
        var state = new SavedState();
        state.Set("done", done);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        done = state.GetBoolean("done");
    }

    /// <summary>Creates the optimizer state of layers that were unfrozen when the run was saved, so that it can be restored.</summary>
    internal override void PrepareRestoring(SavedState state)
    {
        if (state.GetBoolean("done"))
        {
            Unfreeze();
        }
    }

    private void Unfreeze()
    {
        if (Layers is null)
        {
            Thaw(Model);
        }

        foreach (string path in Layers ?? [])
        {
            Reach(path);
            Thaw(Find(path));
        }

        Model.UpdateTrainedVariables();
    }

    private static void Thaw(Layer layer)
    {
        layer.Trainable = true;
        foreach (Layer inner in (layer as Model)?.Layers ?? [])
        {
            Thaw(inner);
        }
    }

    /// <summary>Makes the models that contain a layer trainable; their other frozen layers stay frozen.</summary>
    private void Reach(string path)
    {
        string[] names = path.Split('/');
        Model.SetOwnTrainable(true);
        for (int depth = 1; depth < names.Length; depth++)
        {
            Layer outer = Find(string.Join('/', names[..depth]));
            foreach (Layer inner in outer.Trainable ? [] : ((Model)outer).Layers)
            {
                inner.Trainable = false;
            }

            outer.SetOwnTrainable(true);
        }
    }

    private Layer Find(string path)
    {
        Model within = Model;
        Layer? found = null;
        foreach (string name in path.Split('/'))
        {
            IReadOnlyList<Layer> layers = found is null ? within.Layers : (found as Model)?.Layers ?? [];
            found = layers.FirstOrDefault(layer => layer.Name == name) ?? throw new ArgumentException(
                $"{Name}: the model '{Model.Name}' has no layer "
                + $"'{path}'. {NearestName.Hint(name, layers.Select(layer => layer.Name))}", "layers");
        }

        return found!;
    }

    private long Count() => Model.TrainableWeights.Sum(variable => variable.Shape.ElementCount);

    private string Named() => Layers is null ? "all layers" : string.Join(", ", Layers);

    internal static UnfreezeLayers FromConfig(ConfigReader config) =>
        new(config.Int("epoch"), config.OptionalNames("layers"), config.OptionalDouble("learning_rate"), config.Int("verbose", 0));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["epoch"] = Epoch;
        config["layers"] = Layers is null ? null : new JsonArray([.. Layers.Select(name => (JsonNode)name)]);
        config["learning_rate"] = JsonNumber.Of(LearningRate);
        config["verbose"] = Verbose;
    }
}

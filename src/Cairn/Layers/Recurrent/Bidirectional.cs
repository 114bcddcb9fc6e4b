using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Runs two recurrent layers over a sequence, one forwards and one backwards. Keras: <c>layers.Bidirectional</c>.</summary>
/// <remarks>
/// <para>The given layer is a template: both layers are created from its arguments and named <c>forward_…</c> and <c>backward_…</c>. If its
/// cell is user-defined, it becomes the forward layer itself, and a backward layer must be given.</para>
/// <para>Outputs of the backward layer are returned in the order of the sequence. If all steps are returned, masked steps output zeros. The
/// states are those of the forward layer, then those of the backward layer.</para>
/// </remarks>
public sealed class Bidirectional : RecurrentLayer
{
    private static readonly string[] MergeModes = ["concat", "sum", "mul", "ave"];

    /// <summary>Creates a bidirectional layer.</summary>
    /// <param name="layer">The recurrent layer.</param>
    /// <param name="mergeMode"><c>concat</c> (default), <c>sum</c>, <c>mul</c> or <c>ave</c>; null for two separate outputs.</param>
    /// <param name="backwardLayer">The layer for the backward direction; null (default) to create one like
    /// <paramref name="layer"/>.</param>
    /// <param name="name">Unique name, or null for <c>bidirectional</c>, <c>bidirectional_1</c>, …</param>
    /// <exception cref="ArgumentException">
    /// The mode is unknown, or the layers have the same direction or differ in <c>stateful</c>, <c>returnSequences</c> or
    /// <c>returnState</c>.
    /// </exception>
    public Bidirectional(RNN layer, string? mergeMode = "concat", RNN? backwardLayer = null, string? name = null)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (mergeMode is not null && !MergeModes.Contains(mergeMode))
        {
            throw new ArgumentException($"mergeMode '{mergeMode}' is unknown. {NearestName.Hint(mergeMode, MergeModes)}",
                nameof(mergeMode));
        }

        MergeMode = mergeMode;
        ForwardLayer = layer.TryCopy(NameWith("forward_", layer), layer.GoBackwards) ?? layer;
        BackwardLayer = backwardLayer ?? layer.TryCopy(NameWith("backward_", layer), goBackwards: true) ?? throw new ArgumentException(
            $"The cell of '{layer.Name}' is user-defined, so the backward layer can't be created automatically; pass "
            + "backwardLayer.", nameof(backwardLayer));
        CheckAlike(backwardLayer is null ? nameof(layer) : nameof(backwardLayer));
        ForwardLayer.MarkAsDirection();
        BackwardLayer.MarkAsDirection();
        AddSublayer(ForwardLayer, "forward_layer");
        AddSublayer(BackwardLayer, "backward_layer");
    }

    /// <summary>How the outputs are merged: <c>concat</c>, <c>sum</c>, <c>mul</c> or <c>ave</c>; null for two separate outputs.</summary>
    public string? MergeMode { get; }

    /// <summary>The forward layer.</summary>
    public RNN ForwardLayer { get; }

    /// <summary>The backward layer.</summary>
    public RNN BackwardLayer { get; }

    /// <inheritdoc/>
    public override bool Stateful => ForwardLayer.Stateful;

    /// <inheritdoc/>
    public override bool ReturnSequences => ForwardLayer.ReturnSequences;

    /// <inheritdoc/>
    public override bool ReturnState => ForwardLayer.ReturnState;

    private protected override IReadOnlyList<int> StateGroups => [.. ForwardLayer.GroupsOfStates, .. BackwardLayer.GroupsOfStates];

    internal override bool HasSeveralOutputs => ForwardLayer.ReturnState || MergeMode is null;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => ComputeOutputShapes([inputShape])[0];

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        IReadOnlyList<Shape> forward = ForwardLayer.ComputeOutputShapes(inputShapes);
        IReadOnlyList<Shape> backward = BackwardLayer.ComputeOutputShapes(inputShapes);
        Shape[] states = [.. forward.Skip(1), .. backward.Skip(1)];
        if (MergeMode is null)
        {
            return [forward[0], backward[0], .. states];
        }

        if (MergeMode == "concat")
        {
            return [[.. forward[0][..^1], forward[0][^1] + backward[0][^1]], .. states];
        }

        return forward[0].Equals(backward[0])
            ? [forward[0], .. states]
            : throw new ArgumentException(
                $"Bidirectional '{Name}' can't merge outputs of shape {forward[0]} and {backward[0]} with mergeMode "
                + $"'{MergeMode}'.", nameof(inputShapes));
    }

    /// <inheritdoc/>
    public override void ResetState(IReadOnlyList<NDArray>? states = null)
    {
        int half = states?.Count / 2 ?? 0;
        ForwardLayer.ResetState(states is null ? null : [.. states.Take(half)]);
        BackwardLayer.ResetState(states is null ? null : [.. states.Skip(half)]);
    }

    internal static Bidirectional FromConfig(ConfigReader config)
    {
        RNN layer = Read("layer");
        return new Bidirectional(
            layer,
            config.HasKey("merge_mode") ? config.OptionalString("merge_mode") : "concat",
            config.Has("backward_layer") ? Read("backward_layer") : null,
            config.OptionalString("name"));

        RNN Read(string key) => LayerRegistry.Deserialize(config.Node(key), $"{config.Place}/{key}") as RNN
            ?? throw config.Error(key, "expected a recurrent layer");
    }

    /// <inheritdoc/>
    protected override void Build(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        BuildSublayer(ForwardLayer, inputShapes[0]);
        BuildSublayer(BackwardLayer, inputShapes[0]);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Call([x], CallArguments.One, context)[0];

    /// <inheritdoc/>
    protected override Tensor[] Call(Tensor[] inputs, CallContext context) => Call(inputs, CallArguments.For(inputs?.Length ?? 0), context);

    private protected override Tensor[] Call(Tensor[] inputs, CallArguments arguments, CallContext context)
    {
        int states = RecurrentArguments.StateCount(arguments, inputs.Length);
        if (states % 2 != 0)
        {
            throw new ArgumentException($"Bidirectional '{Name}' takes initial states for both directions; got {states}.", nameof(inputs));
        }

        Tensor? mask = arguments.Find("mask", inputs);
        CallArguments half = RecurrentArguments.Of(states / 2, mask is not null);
        Tensor[] forward = ForwardLayer.Forward(Half(1), half, context);
        Tensor[] backward = BackwardLayer.Forward(Half(1 + (states / 2)), half, context);
        Tensor reversed = ForwardLayer.ReturnSequences ? backward[0].flip(1) : backward[0];
        return [.. Merge(forward[0], reversed), .. forward[1..], .. backward[1..]];

        Tensor[] Half(int start) => [inputs[0], .. inputs[start..(start + (states / 2))], .. mask is null ? [] : (Tensor[])[mask]];
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["merge_mode"] = MergeMode;
        config["layer"] = ForwardLayer.Serialize();
        config["backward_layer"] = BackwardLayer.Serialize();
    }

    private static string NameWith(string prefix, RNN layer) =>
        prefix + (layer.Name.StartsWith(prefix, StringComparison.Ordinal) ? layer.Name[prefix.Length..] : layer.Name);

    private Tensor[] Merge(Tensor forward, Tensor backward) => MergeMode switch
    {
        "concat" => [cat([forward, backward], -1)],
        "sum" => [forward.Plus(backward)],
        "mul" => [forward * backward],
        "ave" => [forward.Plus(backward) / Held(2)],
        _ => [forward, backward],
    };

    private void CheckAlike(string argument)
    {
        if (ForwardLayer.GoBackwards == BackwardLayer.GoBackwards)
        {
            throw new ArgumentException($"The two layers need different values of goBackwards; both "
                + $"have {ForwardLayer.GoBackwards}.", argument);
        }

        foreach ((string what, bool forward, bool backward) in (ReadOnlySpan<(string, bool, bool)>)[
            ("stateful", ForwardLayer.Stateful, BackwardLayer.Stateful),
            ("returnSequences", ForwardLayer.ReturnSequences, BackwardLayer.ReturnSequences),
            ("returnState", ForwardLayer.ReturnState, BackwardLayer.ReturnState)])
        {
            if (forward != backward)
            {
                throw new ArgumentException($"The two layers need the same {what}; they have {forward} and {backward}.", argument);
            }
        }
    }
}

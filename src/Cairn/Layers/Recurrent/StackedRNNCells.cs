using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Stacks cells into one: each cell takes the output of the previous one. Keras: <c>layers.StackedRNNCells</c>.</summary>
public sealed class StackedRNNCells : RNNCell
{
    private readonly RNNCell[] cells;

    /// <summary>Stacks cells.</summary>
    /// <param name="cells">The cells, at least one, in order from input to output.</param>
    /// <param name="name">Unique name, or null for <c>stacked_rnn_cells</c>.</param>
    /// <exception cref="ArgumentException">There is no cell, or two cells have the same name.</exception>
    public StackedRNNCells(IReadOnlyList<RNNCell> cells, string? name = null)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(cells);
        if (cells.Count == 0 || cells.Contains(null!))
        {
            throw new ArgumentException("cells must contain at least one cell and no null.", nameof(cells));
        }

        this.cells = [.. cells];
        LayerNames.Assign(this.cells);
        var names = new SaveableNames();
        var parts = new List<(string Attribute, Layer Layer)>();
        foreach (RNNCell cell in cells)
        {
            parts.Add(($"cells/{names.Next(cell.ClassName)}", cell));
        }

        Sublayers = parts;
    }

    internal override IReadOnlyList<(string Attribute, Layer Layer)> Sublayers { get; }

    /// <summary>The cells, in order from input to output.</summary>
    public IReadOnlyList<RNNCell> Cells => cells;

    /// <summary>The states of the first cell, then those of the second, ….</summary>
    public override IReadOnlyList<int> StateSizes => [.. cells.SelectMany(c => c.StateSizes)];

    /// <inheritdoc/>
    public override int OutputSize => cells[^1].OutputSize;

    internal override bool StatesStartAtZero => cells.All(c => c.StatesStartAtZero);

    /// <inheritdoc/>
    public override Tensor[] GetInitialState(long batchSize, Device device) =>
        [.. cells.SelectMany(c => c.GetInitialState(batchSize, device))];

    internal static StackedRNNCells FromConfig(ConfigReader config)
    {
        if (config.Node("cells") is not JsonArray { Count: > 0 } list)
        {
            throw config.Error("cells", "expected a list of recurrent cells");
        }

        var cells = new List<RNNCell>();
        for (int i = 0; i < list.Count; i++)
        {
            cells.Add(LayerRegistry.Deserialize(list[i], $"{config.Place}/cells[{i}]") as RNNCell
                ?? throw config.Error($"cells[{i}]", "expected a recurrent cell"));
        }

        return new StackedRNNCells(cells, config.OptionalString("name"));
    }

    internal override CellRun Begin(long batchSize, CallContext context)
    {
        CellRun[] runs = [.. cells.Select(c => c.Begin(batchSize, context))];
        return new CellRun(runs[0].Project, (x, states) =>
        {
            var next = new List<Tensor>(states.Length);
            for (int i = 0; i < cells.Length; i++)
            {
                Tensor[] own = states[next.Count..(next.Count + cells[i].StateSizes.Count)];
                (x, own) = runs[i].Step(i == 0 ? x : runs[i].Project(x), own);
                next.AddRange(own);
            }

            return (x, [.. next]);
        });
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        foreach (RNNCell cell in cells)
        {
            BuildSublayer(cell, inputShape);
            inputShape = [inputShape[0], cell.OutputSize];
        }
    }

    /// <inheritdoc/>
    protected override (Tensor Output, Tensor[] States) Step(Tensor x, Tensor[] states, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        CellRun run = Begin(x.shape[0], context);
        return run.Step(run.Project(x), states);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["cells"] = new JsonArray([.. cells.Select(cell => cell.Serialize())]);
}

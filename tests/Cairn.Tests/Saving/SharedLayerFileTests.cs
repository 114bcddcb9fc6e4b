using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.Tests.Saving;

/// <summary>
/// Layers shared by several nested models: a file contains each in several places, and it is one layer again when it is read.
/// </summary>
public sealed class SharedLayerFileTests : IDisposable
{
    private static readonly NDArray X = NDArray.From([.. Enumerable.Range(0, 18).Select(i => MathF.Sin(i))], [6, 3]);

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, string> Cases => new MatrixTheoryData<string, string>(
        ["functional models", "sequential models", "outer and inner", "inner and outer", "wrapped and alone", "model in two models",
            "three deep", "one input"],
        ["model.keras", "model.h5"]);

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_shared_layer_is_shared_again_and_trains_on_as_before(string kind, string file)
    {
        using Model model = Make(kind);
        var y = NDArray.From([.. Enumerable.Range(0, 18).Select(i => MathF.Cos(i))], [6, 3]);
        model.Compile(new Adam(0.01), "mse");
        model.Fit(X, y, epochs: 2, shuffle: false, verbose: 0);
        model.Save(folder[file]);
        using var loaded = Model.Load(folder[file]);
        Assert.Empty(loaded.LoadWarnings);
        Assert.Equal(model.Weights.Count, loaded.Weights.Count);
        Assert.Equal(model.Optimizer!.Iterations, loaded.Optimizer!.Iterations);
        model.Fit(X, y, epochs: 2, shuffle: false, verbose: 0);
        loaded.Fit(X, y, epochs: 2, shuffle: false, verbose: 0);
        Assert.Equal(model.Predict(X, verbose: 0).ToArray(), loaded.Predict(X, verbose: 0).ToArray());
    }

    [Fact]
    public void The_architecture_alone_keeps_it_shared_and_a_layer_used_once_gets_no_number()
    {
        using Model model = Make("functional models");
        model.EnsureBuilt();
        Assert.Equal(2, model.ToJson().Split("shared_object_id").Length - 1);
        using var again = Model.FromJson(model.ToJson());
        Assert.Equal(model.Weights.Count, again.Weights.Count);
        using var plain = new Sequential([new Input([3]), new Dense(3), new Dense(3)]);
        plain.EnsureBuilt();
        Assert.DoesNotContain("shared_object_id", plain.ToJson());
    }

    private static Model Make(string kind)
    {
        var shared = new Dense(3, activation: "tanh", name: "shared");
        var x = new Input([3], name: "x");
        switch (kind)
        {
            case "functional models":
                return new Functional(x,
                    new Add().Apply(Inner(shared, "one").Apply(x), Inner(shared, "two", new Dense(3)).Apply(x)), seed: 3);
            case "sequential models":
                return new Sequential(
                    [new Input([3]), new Sequential([new Input([3]), shared], name: "one"),
                        new Sequential([new Input([3]), shared, new Dense(3)], name: "two")], seed: 3);
            case "outer and inner":
                return new Functional(x, new Add().Apply(shared.Apply(x), Inner(shared, "one", new Dense(3)).Apply(x)), seed: 3);
            case "inner and outer":
                return new Functional(x, shared.Apply(Inner(shared, "one", new Dense(3)).Apply(x)), seed: 3);
            case "wrapped and alone":
                KerasTensor steps = new RepeatVector(4).Apply(x);
                return new Functional(x, new Add()
                    .Apply(new GlobalAveragePooling1D().Apply(new TimeDistributed(shared).Apply(steps)), shared.Apply(x)), seed: 3);
            case "model in two models":
                Functional inner = Inner(shared, "inner", new BatchNormalization());
                return new Functional(x, new Add().Apply(Outer(inner, "one").Apply(x), Outer(inner, "two").Apply(x)), seed: 3);
            case "three deep":
                return new Functional(x, shared.Apply(Outer(Outer(Inner(shared, "deep"), "middle"), "high").Apply(x)), seed: 3);
            default:
                // Both models start at the same input, as an encoder and an autoencoder do.
                var hidden = new Dense(2, name: "hidden");
                KerasTensor code = hidden.Apply(x);
                var encoder = new Functional(x, code, name: "encoder");
                var whole = new Functional(x, new Dense(3).Apply(code), name: "whole");
                var other = new Input([3], name: "other");
                return new Functional(other,
                    new Dense(3).Apply(new Concatenate().Apply(whole.Apply(other), encoder.Apply(other))), seed: 3);
        }
    }

    private static Functional Inner(Layer shared, string name, Layer? behind = null)
    {
        var input = new Input([3]);
        KerasTensor y = shared.Apply(input);
        return new Functional(input, behind?.Apply(y) ?? y, name: name);
    }

    private static Functional Outer(Model inner, string name)
    {
        var input = new Input([3]);
        return new Functional(input, new Dense(3).Apply(inner.Apply(input)), name: name);
    }
}

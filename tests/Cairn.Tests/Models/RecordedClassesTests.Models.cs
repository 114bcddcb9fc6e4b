using Cairn.Layers;
using Cairn.Metrics;
using Cairn.Optimizers;

namespace Cairn.Tests;

/// <content>The models, built in code and compiled as those of the recording.</content>
public sealed partial class RecordedClassesTests
{
    private static (Model Model, NDArray[] X, NDArray[] Y) Make(string name)
    {
        (Model model, Optimizer optimizer) = name switch
        {
            "fork" => ((Model)OfFork(), (Optimizer)new SGD(0.05)),
            "fork_outputs" => (OfForkOutputs(), new Adam(0.02)),
            "moments" => (OfMoments(), new SGD(0.05, momentum: 0.9)),
            "moments_as_outputs" => (OfMomentOutputs(), new RMSprop(0.01)),
            "cross" => (OfCross(), new SGD(0.05)),
            "halves_twice" => (OfHalves(), new Adam(0.02)),
            "two_inputs" => (new Two(), new SGD(0.05)),
            "two_outputs" => (new Out(), new Adam(0.02)),
            "two_outputs_one_loss" => (new Out(), new SGD(0.05)),
            "both" => (new Both(), new SGD(0.05, momentum: 0.9)),
            "tracked" => (new Tracked(), new SGD(0.05)),
            "tracked_adam" => (new Tracked(), new Adam(0.02)),
            "weighted" => (new Weighted(), new SGD(0.05)),
            _ => (new Unreset(), new SGD(0.05)),
        };
        switch (name)
        {
            case "fork" or "moments" or "two_inputs":
                model.Compile(optimizer, "mse", ["mae"]);
                break;
            case "fork_outputs":
                model.Compile(optimizer, new Cairn.Losses.OutputLosses { ["p"] = "mse", ["q"] = "mae" },
                    lossWeights: new Cairn.Losses.LossWeights { ["p"] = 1, ["q"] = 0.5 });
                break;
            case "two_outputs":
                model.Compile(optimizer, ["mse", "mae"], lossWeights: [1, 0.5]);
                break;
            case "moments_as_outputs" or "both":
                model.Compile(optimizer, ["mse", "mse"]);
                break;
            default:
                model.Compile(optimizer, "mse");
                break;
        }

        return (
            model,
            name is "cross" or "two_inputs" or "both" ? [X, X2] : [X],
            name == "moments_as_outputs" ? [Y2, Y]
            : name is "fork_outputs" or "two_outputs" or "two_outputs_one_loss" or "both" ? [Y, Y2]
            : [Y]);
    }

    private static Functional OfFork()
    {
        var x = new Input([4]);
        return new Functional(x, new Dense(1).Apply(new Concatenate().Apply([.. new Fork().ApplyMany(x)])));
    }

    private static Functional OfForkOutputs()
    {
        var x = new Input([4]);
        IReadOnlyList<KerasTensor> parts = new Fork().ApplyMany(x);
        return new Functional(x, [new Dense(1, name: "p").Apply(parts[0]), new Dense(2, name: "q").Apply(parts[1])]);
    }

    private static Functional OfMoments()
    {
        var x = new Input([4]);
        return new Functional(x, new Dense(1).Apply(new Concatenate().Apply([.. new Moments().ApplyMany(x)])));
    }

    private static Functional OfMomentOutputs()
    {
        var x = new Input([4]);
        IReadOnlyList<KerasTensor> parts = new Moments().ApplyMany(new Dense(3).Apply(x));
        return new Functional(x, [new Dense(2, name: "q").Apply(parts[0]), parts[1]]);
    }

    private static Functional OfCross()
    {
        (Input a, Input b) = (new Input([4]), new Input([3]));
        IReadOnlyList<KerasTensor> parts = new Cross().ApplyMany(a, b);
        return new Functional([a, b], [new Dense(1).Apply(new Subtract().Apply(parts[0], parts[1]))]);
    }

    private static Functional OfHalves()
    {
        var x = new Input([4]);
        var halves = new Halves();
        IReadOnlyList<KerasTensor> first = halves.ApplyMany(x);
        IReadOnlyList<KerasTensor> second = halves.ApplyMany(new Dense(4, activation: "relu").Apply(x));
        return new Functional(x, new Dense(1).Apply(new Concatenate().Apply(
            new Multiply().Apply(first[0], second[1]), new Add().Apply(first[1], second[0]))));
    }
}

using System.Text.Json;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Metrics;
using Cairn.Optimizers;
using Cairn.Tests.Training;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests;

// The layers, models and the module of Reference/own/classes.py.
public sealed partial class RecordedClassesTests
{
    private sealed class Priced() : Layer("priced")
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Call(Tensor x, CallContext context)
        {
            context.AddLoss(x.square().mean() * 0.05f);
            return x;
        }
    }

    private abstract class SeveralOutputs() : MultiInputLayer(null)
    {
        public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes) => Shapes(inputShapes[0]);

        protected abstract Shape[] Shapes(Shape x);
    }

    private sealed class Fork : SeveralOutputs
    {
        private readonly Dense a;
        private readonly Dense b;

        public Fork()
        {
            a = AddSublayer(new Dense(3, activation: "tanh"), "a");
            b = AddSublayer(new Dense(2), "b");
        }

        protected override Shape[] Shapes(Shape x) => [[.. x[..^1], 3], [.. x[..^1], 2]];

        protected override Tensor[] Call(Tensor[] inputs, CallContext context) =>
            [a.Apply(inputs[0], context), b.Apply(inputs[0], context)];
    }

    private sealed class Moments : SeveralOutputs
    {
        private Variable? scale;

        protected override void Build(IReadOnlyList<Shape> inputShapes) =>
            scale = AddWeight("scale", [inputShapes[0][^1]], Cairn.Initializers.Initializer.Ones);

        protected override Shape[] Shapes(Shape x) => [x, [.. x[..^1], 1], [.. x[..^1], 1]];

        protected override Tensor[] Call(Tensor[] inputs, CallContext context)
        {
            Tensor scaled = inputs[0] * scale!.Value;
            context.AddLoss(scaled.square().mean() * 0.02f);
            return [scaled, scaled.mean([-1], keepdim: true), scaled.amax([-1], keepdim: true)];
        }
    }

    private sealed class Cross : SeveralOutputs
    {
        private readonly Dense left;
        private readonly Dense right;

        public Cross()
        {
            left = AddSublayer(new Dense(3), "left");
            right = AddSublayer(new Dense(3), "right");
        }

        protected override Shape[] Shapes(Shape x) => [[.. x[..^1], 3], [.. x[..^1], 3]];

        protected override Tensor[] Call(Tensor[] inputs, CallContext context)
        {
            (Tensor a, Tensor b) = (left.Apply(inputs[0], context), right.Apply(inputs[1], context));
            return [a * b, a + b];
        }
    }

    private sealed class Halves : SeveralOutputs
    {
        protected override Shape[] Shapes(Shape x) => [[.. x[..^1], x[^1] / 2], [.. x[..^1], x[^1] / 2]];

        protected override Tensor[] Call(Tensor[] inputs, CallContext context) => inputs[0].chunk(2, -1);
    }

    private sealed class Two : Model
    {
        private readonly Dense left;
        private readonly Dense right;
        private readonly Dense head;

        public Two()
        {
            left = AddSublayer(new Dense(3, activation: "tanh"), "left");
            right = AddSublayer(new Dense(3), "right");
            head = AddSublayer(new Dense(1), "head");
        }

        protected override Tensor[] Call(Tensor[] inputs, CallContext context) =>
            [head.Apply(left.Apply(inputs[0], context) * right.Apply(inputs[1], context), context)];
    }

    private sealed class Out : Model
    {
        private readonly Dense trunk;
        private readonly Dense p;
        private readonly Dense q;

        public Out()
        {
            trunk = AddSublayer(new Dense(5, activation: "relu"), "trunk");
            p = AddSublayer(new Dense(1), "p");
            q = AddSublayer(new Dense(2), "q");
        }

        protected override Tensor[] Call(Tensor[] inputs, CallContext context)
        {
            Tensor h = trunk.Apply(inputs[0], context);
            return [p.Apply(h, context), q.Apply(h, context)];
        }
    }

    private sealed class Both : Model
    {
        private readonly Cross cross;
        private readonly BatchNormalization norm;
        private readonly Dense p;
        private readonly Dense q;

        public Both()
        {
            cross = AddSublayer(new Cross(), "cross");
            norm = AddSublayer(new BatchNormalization(), "norm");
            p = AddSublayer(new Dense(1), "p");
            q = AddSublayer(new Dense(2), "q");
        }

        protected override Tensor[] Call(Tensor[] inputs, CallContext context)
        {
            Tensor[] parts = cross.Apply(inputs, context);
            Tensor normal = norm.Apply(parts[0], context);
            context.AddLoss(normal.square().mean() * 0.01f);
            return [p.Apply(normal, context), q.Apply(parts[1], context)];
        }
    }

    private class Tracked : Model
    {
        private readonly Dense hidden;
        private readonly Dense head;

        public Tracked()
        {
            hidden = AddSublayer(new Dense(4, activation: "tanh"), "hidden");
            head = AddSublayer(new Dense(1), "head");
        }

        protected Mean Total { get; } = new("total");

        protected Mean Size { get; } = new("size");

        protected override Tensor Call(Tensor x, CallContext context) => head.Apply(hidden.Apply(x, context), context);

        protected override Logs? TrainStep(Batch batch, CallContext context)
        {
            (Tensor loss, Tensor p) = Compute(batch, context);
            loss.backward();
            ApplyGradients();
            return Track(loss, p, batch.X);
        }

        protected override Logs? TestStep(Batch batch, CallContext context)
        {
            (Tensor loss, Tensor p) = Compute(batch, context);
            return Track(loss, p, batch.X);
        }

        protected virtual Logs Track(Tensor loss, Tensor p, Tensor x)
        {
            Total.UpdateState(loss);
            Size.UpdateState(p.abs());
            return Results();
        }

        protected Logs Results() =>
            new([KeyValuePair.Create("total", Total.Result()), KeyValuePair.Create("size", Size.Result())]);

        private (Tensor Loss, Tensor P) Compute(Batch batch, CallContext context)
        {
            Tensor p = Apply(batch.X, context);
            return ((p - batch.Y!).square().mean() + (p.abs().mean() * 0.1f), p);
        }
    }

    private sealed class Weighted : Tracked
    {
        private readonly Metric[] listed;

        public Weighted() => listed = [Total, Size];

        public override IReadOnlyList<Metric> Metrics => listed;

        protected override Logs Track(Tensor loss, Tensor p, Tensor x)
        {
            Total.UpdateState(loss, tensor((float)x.shape[0]));
            Size.UpdateState(p, x.narrow(1, 0, 1).abs());
            return Results();
        }
    }

    private sealed class Unreset : Tracked
    {
        private readonly Metric[] listed;

        public Unreset() => listed = [Total];

        public override IReadOnlyList<Metric> Metrics => listed;
    }

    private sealed class Net : nn.Module<Tensor, Tensor>
    {
        public readonly TorchSharp.Modules.Linear first = nn.Linear(4, 6);
        public readonly TorchSharp.Modules.BatchNorm1d norm = nn.BatchNorm1d(6);
        public readonly TorchSharp.Modules.Linear last = nn.Linear(6, 1);

        public Net()
            : base(nameof(Net)) => RegisterComponents();

        public override Tensor forward(Tensor input) => last.call(nn.functional.relu(norm.call(first.call(input))));
    }
}

using Cairn.Layers;
using static TorchSharp.torch;

namespace Cairn.Tests.Saving.Runs;

/// <summary>A layer that throws in a training step. No callback hook runs, as when a process is killed.</summary>
internal sealed class Bomb(int? step) : Layer("bomb")
{
    private int steps;

    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    protected override Tensor Call(Tensor x, CallContext context) =>
        context.Training && ++steps > step ? throw new ResumedRun.DiedException() : x.alias();
}

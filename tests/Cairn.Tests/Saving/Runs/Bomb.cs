using Cairn.Layers;
using static TorchSharp.torch;

namespace Cairn.Tests.Saving.Runs;

/// <summary>A layer that throws in a step of training. It is no callback, so nobody is told: as when a process is killed.</summary>
internal sealed class Bomb(int? step) : Layer("bomb")
{
    private int steps;

    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    protected override Tensor Call(Tensor x, CallContext context) =>
        context.Training && ++steps > step ? throw new ResumedRun.DiedException() : x.alias();
}

using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Benchmarks.Rival;

/// <summary>The mean over the last axis, <c>[batch, channels, steps]</c> to <c>[batch, channels]</c>.</summary>
internal sealed class GlobalMean() : nn.Module<Tensor, Tensor>(nameof(GlobalMean))
{
    public override Tensor forward(Tensor input) => input.mean([2]);
}

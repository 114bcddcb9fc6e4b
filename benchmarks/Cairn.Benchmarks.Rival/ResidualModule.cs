using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cairn.Benchmarks.Rival;

/// <summary>A residual network: a convolution, then three blocks of 16, 32 and 64 filters, each with batch normalization.</summary>
internal sealed class ResidualModule : nn.Module<Tensor, Tensor>
{
    private readonly Sequential stem = nn.Sequential(nn.Conv2d(3, 16, 3, padding: 1), nn.BatchNorm2d(16), nn.ReLU());
    private readonly ResidualBlock first = new(16, 16, 1);
    private readonly ResidualBlock second = new(16, 32, 2);
    private readonly ResidualBlock third = new(32, 64, 2);
    private readonly Linear head = nn.Linear(64, 10);

    public ResidualModule()
        : base(nameof(ResidualModule)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        Tensor x = third.forward(second.forward(first.forward(stem.forward(input))));
        return head.forward(x.mean([2, 3]));
    }
}

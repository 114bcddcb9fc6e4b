using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cairn.Benchmarks.Rival;

/// <summary>Two 3×3 convolutions with batch normalization around a shortcut, which is a 1×1 convolution where the shape changes.</summary>
internal sealed class ResidualBlock : nn.Module<Tensor, Tensor>
{
    private readonly Sequential body;
    private readonly Sequential? shortcut;

    public ResidualBlock(int channels, int filters, int stride)
        : base(nameof(ResidualBlock))
    {
        body = nn.Sequential(
            nn.Conv2d(channels, filters, 3, stride: stride, padding: 1), nn.BatchNorm2d(filters), nn.ReLU(),
            nn.Conv2d(filters, filters, 3, padding: 1), nn.BatchNorm2d(filters));
        shortcut = channels == filters ? null
            : nn.Sequential(nn.Conv2d(channels, filters, 1, stride: stride), nn.BatchNorm2d(filters));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => (body.forward(input) + (shortcut?.forward(input) ?? input)).relu();
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cairn.Benchmarks.Rival;

/// <summary>The same with libtorch's GRU.</summary>
internal sealed class GruModule : nn.Module<Tensor, Tensor>
{
    private readonly GRU gru = nn.GRU(28, 128, batchFirst: true);
    private readonly Linear head = nn.Linear(128, 10);

    public GruModule()
        : base(nameof(GruModule)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        (Tensor sequence, _) = gru.forward(input);
        return head.forward(sequence.select(1, -1));
    }
}

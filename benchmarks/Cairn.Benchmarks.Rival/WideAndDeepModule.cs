using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cairn.Benchmarks.Rival;

/// <summary>The tabular model written with TorchSharp.</summary>
internal sealed class WideAndDeepModule : nn.Module<Tensor, Tensor>
{
    private readonly Linear first = nn.Linear(40, 64);
    private readonly Linear second = nn.Linear(64, 32);
    private readonly Linear head = nn.Linear(72, 1);

    public WideAndDeepModule()
        : base(nameof(WideAndDeepModule)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        Tensor deep = second.forward(first.forward(input).relu()).relu();
        return head.forward(cat([input, deep], 1));
    }
}

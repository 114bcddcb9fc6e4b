using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cairn.Benchmarks.Rival;

/// <summary>The recurrent model written with TorchSharp, with libtorch's LSTM.</summary>
internal sealed class LstmModule : nn.Module<Tensor, Tensor>
{
    private readonly LSTM lstm = nn.LSTM(28, 128, batchFirst: true);
    private readonly Linear head = nn.Linear(128, 10);

    public LstmModule()
        : base(nameof(LstmModule)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        (Tensor sequence, _, _) = lstm.forward(input);
        return head.forward(sequence.select(1, -1));
    }
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cairn.Benchmarks.Rival;

/// <summary>
/// A <see cref="Workload"/> trained with a careful TorchSharp loop: nothing leaves libtorch within an epoch, loss and accuracy
/// are summed in tensors and read once at its end, the loss computes the mean, and one dispose scope per step frees everything.
/// </summary>
internal sealed class HandWrittenTraining : IDisposable
{
    private readonly Workload workload;
    private readonly nn.Module<Tensor, Tensor> module;
    private readonly Parameter[] parameters;
    private readonly Parameter[] penalized;
    private readonly optim.Optimizer optimizer;
    private readonly Tensor x;
    private readonly Tensor y;

    /// <summary>Creates the module, its optimizer and the data.</summary>
    /// <param name="workload">The task.</param>
    /// <param name="channelsLast">
    /// Whether the weights of convolutions are stored with channels last, which libtorch then uses throughout.
    /// </param>
    public HandWrittenTraining(Workload workload, bool channelsLast = false)
    {
        this.workload = workload;
        (x, y) = workload.CreateData();
        if (workload.IsConvolutional)
        {
            // Keras' axis order ends with the channels, libtorch's begins with them.
            x = x.movedim([x.dim() - 1], [1]).contiguous();
        }

        if (workload.Target == Target.Input)
        {
            y = x;
        }

        module = workload.Module();
        if (channelsLast)
        {
            foreach (Conv2d convolution in module.modules().OfType<Conv2d>())
            {
                convolution.weight = new Parameter(ChannelsLast(convolution.weight));
            }

            foreach (ConvTranspose2d convolution in module.modules().OfType<ConvTranspose2d>())
            {
                convolution.weight = new Parameter(ChannelsLast(convolution.weight!));
            }
        }

        module.train();
        parameters = [.. module.parameters()];
        penalized = workload.Penalty == 0 ? [] : [.. module.modules().OfType<Linear>().Select(linear => linear.weight!)];
        optimizer = optim.Adam(parameters, lr: 0.001, eps: 1e-7);
    }

    public (float Loss, float Accuracy) LastEpoch { get; private set; }

    public void Run()
    {
        using DisposeScope epochScope = NewDisposeScope();
        Tensor order = randperm(workload.Samples);
        Tensor totalLoss = zeros(1);
        Tensor correct = zeros(1, ScalarType.Int64);
        for (int step = 0; step < workload.Steps; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor chosen = order.narrow(0, (long)step * workload.BatchSize, workload.BatchSize);
            Tensor input = x.index_select(0, chosen);
            Tensor labels = workload.Target == Target.Input ? input : y.index_select(0, chosen);

            // Less work than zero_grad, which writes zeros and then adds to them.
            foreach (Parameter parameter in parameters)
            {
                parameter.grad = null;
            }

            Tensor output = module.forward(input);
            Tensor loss = Loss(output, labels);
            foreach (Parameter weight in penalized)
            {
                loss += workload.Penalty * weight.square().sum();
            }

            loss.backward();
            optimizer.step();

            totalLoss.add_(loss.detach());
            if (workload.Target != Target.Input)
            {
                Tensor predicted = workload.Target == Target.Binary ? output.gt(0) : output.argmax(1);
                correct.add_(predicted.eq(labels).sum());
            }
        }

        LastEpoch = (totalLoss.item<float>() / workload.Steps, (float)correct.item<long>() / workload.Samples);
    }

    public void Dispose()
    {
        optimizer.Dispose();
        module.Dispose();
        x.Dispose();
        y.Dispose();
    }

    private static Tensor ChannelsLast(Tensor weight) =>
        weight.detach().permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    private Tensor Loss(Tensor output, Tensor labels) => workload.Target switch
    {
        Target.Binary => nn.functional.binary_cross_entropy_with_logits(output, labels),
        Target.Input => nn.functional.mse_loss(output, labels),
        _ => nn.functional.cross_entropy(output, labels),
    };
}

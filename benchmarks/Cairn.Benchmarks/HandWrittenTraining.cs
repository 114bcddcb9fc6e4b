using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cairn.Benchmarks;

/// <summary>
/// A <see cref="Workload"/> trained with a careful TorchSharp loop: nothing leaves libtorch within an epoch, loss and accuracy
/// are summed in tensors and read once at its end, the loss computes the mean, and one dispose scope per step frees everything.
/// </summary>
internal sealed class HandWrittenTraining : IDisposable
{
    private readonly Workload workload;
    private readonly nn.Module<Tensor, Tensor> module;
    private readonly Parameter[] parameters;
    private readonly optim.Optimizer optimizer;
    private readonly Tensor x;
    private readonly Tensor y;

    public HandWrittenTraining(Workload workload, bool channelsLast = false)
    {
        this.workload = workload;
        ChannelsLast = channelsLast;
        (x, y) = workload.CreateData();

        // With a single channel, [height, width, 1] and [1, height, width] are the same memory.
        if (workload.Sample is [long height, long width, long channels])
        {
            x = x.reshape(-1, channels, height, width);
        }

        module = workload.Module();
        if (channelsLast)
        {
            foreach (Conv2d convolution in module.modules().OfType<Conv2d>())
            {
                convolution.weight = new Parameter(convolution.weight.detach().permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2));
            }
        }

        module.train();
        parameters = [.. module.parameters()];
        optimizer = optim.Adam(parameters, lr: 0.001, eps: 1e-7);
    }

    /// <summary>Whether the weights of convolutions are stored with channels last, which libtorch then uses throughout.</summary>
    public bool ChannelsLast { get; }

    /// <summary>The loop; with convolutions, the faster of its two layouts.</summary>
    public static HandWrittenTraining Fastest(Workload workload)
    {
        var first = new HandWrittenTraining(workload);
        if (!first.module.modules().OfType<Conv2d>().Any())
        {
            return first;
        }

        var last = new HandWrittenTraining(workload, channelsLast: true);
        Comparison found = AlternatingRunner.Run(last.Run, first.Run, workload.Steps, pairs: 5);
        (HandWrittenTraining faster, HandWrittenTraining slower) = Comparison.Median(found.Ratios) < 1 ? (last, first) : (first, last);
        slower.Dispose();
        return faster;
    }

    public (float Loss, float Accuracy) LastEpoch { get; private set; }

    public void Run()
    {
        using DisposeScope epochScope = NewDisposeScope();
        bool isBinary = workload.Classes == 1;
        Tensor order = randperm(workload.Samples);
        Tensor totalLoss = zeros(1);
        Tensor correct = zeros(1, ScalarType.Int64);
        for (int step = 0; step < workload.Steps; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor chosen = order.narrow(0, (long)step * workload.BatchSize, workload.BatchSize);
            Tensor input = x.index_select(0, chosen);
            Tensor labels = y.index_select(0, chosen);

            // Less work than zero_grad, which writes zeros and then adds to them.
            foreach (Parameter parameter in parameters)
            {
                parameter.grad = null;
            }

            Tensor logits = module.forward(input);
            Tensor loss = isBinary ? nn.functional.binary_cross_entropy_with_logits(logits, labels)
                : nn.functional.cross_entropy(logits, labels);
            loss.backward();
            optimizer.step();

            totalLoss.add_(loss.detach());
            Tensor predicted = isBinary ? logits.gt(0) : logits.argmax(1);
            correct.add_(predicted.eq(labels).sum());
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
}

using Cairn.Initializers;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// One step of a convolutional LSTM (Shi et al., 2015). Keras: the cell of <c>layers.ConvLSTM1D</c>, <c>ConvLSTM2D</c> and
/// <c>ConvLSTM3D</c>.
/// </summary>
/// <remarks>
/// Two states, output and carry, <c>[batch, ..., filters]</c>. The gates i, f, c and o are concatenated in the kernel
/// <c>[window, channels, 4 · filters]</c>, the recurrent kernel <c>[window, filters, 4 · filters]</c> and the bias <c>[4 · filters]</c>.
/// The state is convolved with strides 1 and padding <c>same</c>.
/// </remarks>
internal sealed class ConvLSTMCell : RNNCell
{
    private const int Gates = 4;

    private readonly Window window;
    private readonly Window stateWindow;
    private Variable? kernel;
    private Variable? recurrentKernel;
    private Variable? bias;
    private Shape stepShape = [];

    public ConvLSTMCell(RecurrentSettings settings, Window window, bool unitForgetBias, string? name)
        : base(name)
    {
        Settings = settings;
        this.window = window.RefuseStridedDilation();
        stateWindow = new Window(window.Size, [.. window.Size.Select(_ => 1L)], Padding.Same, window.DataFormat);
        UnitForgetBias = unitForgetBias;
    }

    public RecurrentSettings Settings { get; }

    public Window Window => window;

    public bool UnitForgetBias { get; }

    public int Filters => Settings.Units;

    public override IReadOnlyList<int> StateSizes => [Filters, Filters];

    internal override bool StatesStartAtZero => true;

    public override Shape ComputeOutputShape(Shape inputShape)
    {
        CheckRank(inputShape);
        long[] sizes = window.OutputSizes(inputShape);
        if (sizes.Any(size => size is not Shape.None and < 1))
        {
            throw UnfitInput(inputShape, $"{SpatialAxes.Noun(window.Rank)} no smaller than its window {SpatialAxes.Text(window.Size)}");
        }

        return SpatialAxes.Write(inputShape[0], sizes, Filters, window.DataFormat);
    }

    public override Tensor[] GetInitialState(long batchSize, Device device)
    {
        long[] shape = ComputeOutputShape([batchSize, .. stepShape[1..]]).ToArray();
        return [zeros(shape, ScalarType.Float32, device), zeros(shape, ScalarType.Float32, device)];
    }

    internal override Shape[] StateShapes(Shape stepShape) => [ComputeOutputShape(stepShape), ComputeOutputShape(stepShape)];

    internal override CellRun Begin(long batchSize, CallContext context)
    {
        Tensor weights = kernel!.Value;
        Shape step = [batchSize, .. stepShape[1..]];
        Tensor[] inputMasks = Masks(Settings.Dropout, step, weights.device, context);
        Tensor[] stateMasks = Masks(Settings.RecurrentDropout, ComputeOutputShape(step), weights.device, context);
        Tensor recurrent = recurrentKernel!.Value;
        int channels = window.DataFormat == DataFormat.ChannelsLast ? -1 : -(window.Rank + 1);
        return new CellRun(x => Convolved(x, weights, inputMasks, channels), (x, states) =>
        {
            Tensor sum = x.Plus(ConvolvedSteps(stateWindow, states[0], recurrent, null, stateMasks, channels));
            Tensor[] gates = sum.chunk(Gates, channels);
            Tensor input = Settings.RecurrentActivation!.Apply(gates[0]);
            Tensor forget = Settings.RecurrentActivation.Apply(gates[1]);
            Tensor carry = addcmul(forget * states[1], input, Settings.Activation.Apply(gates[2]), Held(1));
            Tensor h = Settings.RecurrentActivation.Apply(gates[3]) * Settings.Activation.Apply(carry);
            return (h, [h, carry]);
        });
    }

    protected override void Build(Shape inputShape)
    {
        CheckRank(inputShape);
        if (!inputShape[1..].IsFullyKnown)
        {
            throw UnfitInput(inputShape, $"{SpatialAxes.Noun(window.Rank)} of known sizes and a known number of channels");
        }

        stepShape = inputShape;
        long channels = SpatialAxes.Channels(inputShape, window.DataFormat);
        kernel = AddWeight(
            "kernel", [.. window.Size, channels, Gates * Filters], Settings.KernelInitializer, regularizer: Settings.KernelRegularizer,
            constraint: Settings.KernelConstraint);
        recurrentKernel = AddWeight(
            "recurrent_kernel", [.. window.Size, Filters, Gates * Filters], Settings.RecurrentInitializer,
            regularizer: Settings.RecurrentRegularizer,
            constraint: Settings.RecurrentConstraint);
        if (Settings.UseBias)
        {
            Initializer first = UnitForgetBias ? new ForgetBias(Settings.BiasInitializer) : Settings.BiasInitializer;
            bias = AddWeight("bias", [Gates * Filters], first, regularizer: Settings.BiasRegularizer, constraint: Settings.BiasConstraint);
        }
    }

    protected override (Tensor Output, Tensor[] States) Step(Tensor x, Tensor[] states, CallContext context)
    {
        CellRun run = Begin(x.shape[0], context);
        return run.Step(run.Project(x), states);
    }

    // One step [batch, ...], or all of them [steps, batch, ...], treated as samples.
    private Tensor Convolved(Tensor x, Tensor weights, Tensor[] masks, int channels)
    {
        if (x.dim() == window.Rank + 2)
        {
            return ConvolvedSteps(window, x, weights, bias?.Value, masks, channels);
        }

        long[] both = x.shape[..2];
        Tensor[] masksOfAll = [.. masks.Select(mask => mask.expand([both[0], .. mask.shape]).flatten(0, 1))];
        Tensor y = ConvolvedSteps(window, x.flatten(0, 1), weights, bias?.Value, masksOfAll, channels);
        return y.reshape([.. both, .. y.shape[1..]]);
    }

    private static Tensor ConvolvedSteps(Window window, Tensor x, Tensor weights, Tensor? bias, Tensor[] masks, int channels)
    {
        if (masks.Length == 0)
        {
            return Convolve(x, weights, bias);
        }

        Tensor[] kernels = weights.chunk(Gates, -1);
        Tensor[] biases = bias?.chunk(Gates, 0) ?? [];
        return cat([.. masks.Select((mask, gate) => Convolve(x * mask, kernels[gate], biases.Length > 0 ? biases[gate] : null))], channels);

        Tensor Convolve(Tensor input, Tensor part, Tensor? partBias) => SpatialAxes.FromChannelsFirst(
            window.Convolve(SpatialAxes.ToChannelsFirst(input, window.DataFormat), part, partBias, groups: 1), window.DataFormat);
    }

    // Keras drops nothing at a rate of 1 here.
    private static Tensor[] Masks(double rate, Shape shape, Device device, CallContext context)
    {
        if (rate is not (> 0 and < 1) || !context.Training)
        {
            return [];
        }

        long[] sizes = shape.ToArray();
        Tensor whole = ones(sizes, ScalarType.Float32, device);
        return [.. Enumerable.Range(0, Gates).Select(_ => Dropout.Drop(whole, sizes, rate, context))];
    }

    private void CheckRank(Shape inputShape)
    {
        if (inputShape.Rank != window.Rank + 2)
        {
            throw UnfitInput(inputShape, $"sequences of {SpatialAxes.Noun(window.Rank)} of rank {window.Rank + 3}, batch and "
                + "steps included");
        }
    }
}

using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// One step of a fully connected recurrent layer whose output is its state: <c>h = activation(x · kernel + bias + h · recurrentKernel)</c>.
/// Keras: <c>layers.SimpleRNNCell</c>.
/// </summary>
/// <remarks>
/// One state, the output. Weights kernel <c>[features, units]</c>, recurrent kernel <c>[units, units]</c>, bias <c>[units]</c>.
/// </remarks>
public sealed class SimpleRNNCell : KernelCell
{
    /// <summary>Creates a cell.</summary>
    /// <param name="units">Size of the output, 1 or more.</param>
    /// <param name="activation">Activation function; <c>tanh</c> by default.</param>
    /// <param name="useBias">Whether to add a bias; true by default.</param>
    /// <param name="kernelInitializer">Initializer of the input kernel; <c>glorot_uniform</c> by default.</param>
    /// <param name="recurrentInitializer">Initializer of the recurrent kernel; <c>orthogonal</c> by default.</param>
    /// <param name="biasInitializer">Initializer of the bias; <c>zeros</c> by default.</param>
    /// <param name="kernelRegularizer">Regularizer of the input kernel; none by default.</param>
    /// <param name="recurrentRegularizer">Regularizer of the recurrent kernel; none by default.</param>
    /// <param name="biasRegularizer">Regularizer of the bias; none by default.</param>
    /// <param name="kernelConstraint">Constraint on the input kernel, applied after each step; none by default.</param>
    /// <param name="recurrentConstraint">Constraint on the recurrent kernel, applied after each step; none by default.</param>
    /// <param name="biasConstraint">Constraint on the bias, applied after each step; none by default.</param>
    /// <param name="dropout">Fraction of the inputs to drop in training, with the same mask for all steps of a sequence; 0 by
    /// default.</param>
    /// <param name="recurrentDropout">Fraction of the states to drop in training, with the same mask for all steps; 0 by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>simple_rnn_cell</c>, <c>simple_rnn_cell_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1 or a rate is outside [0, 1].</exception>
    public SimpleRNNCell(
        int units,
        ActivationFunction? activation = null,
        bool useBias = true,
        Initializer? kernelInitializer = null,
        Initializer? recurrentInitializer = null,
        Initializer? biasInitializer = null,
        Regularizer? kernelRegularizer = null,
        Regularizer? recurrentRegularizer = null,
        Regularizer? biasRegularizer = null,
        Constraint? kernelConstraint = null,
        Constraint? recurrentConstraint = null,
        Constraint? biasConstraint = null,
        double dropout = 0,
        double recurrentDropout = 0,
        long? seed = null,
        string? name = null)
        : this(
            RecurrentSettings.Create(
                units, activation, null, useBias, kernelInitializer, recurrentInitializer, biasInitializer, kernelRegularizer,
                recurrentRegularizer,
                biasRegularizer, kernelConstraint, recurrentConstraint, biasConstraint, dropout, recurrentDropout, seed),
            name)
    {
    }

    internal SimpleRNNCell(RecurrentSettings settings, string? name)
        : base(settings, 1, name)
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> StateSizes => [Units];

    internal override CellRun Begin(long batchSize, CallContext context)
    {
        Tensor recurrent = RecurrentKernel.Value;
        Tensor[] masks = StateMasks(batchSize, context);
        return new CellRun(Projection(batchSize, context), (x, states) =>
        {
            Tensor h = Settings.Activation.Apply(addmm(x, masks is [var mask] ? states[0] * mask : states[0], recurrent, 1, 1));
            return (h, [h]);
        });
    }

    internal static SimpleRNNCell FromConfig(ConfigReader config) =>
        new(RecurrentSettings.Read(config, gated: false), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => Settings.Write(config);
}

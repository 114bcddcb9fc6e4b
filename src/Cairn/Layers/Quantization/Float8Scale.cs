using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>The scale of numbers that are rounded to 8 bits, and their largest magnitudes in recent steps.</summary>
/// <remarks>
/// Both are trainable in Keras' sense, and their gradients are the values for the next step, with which optimizers overwrite them.
/// </remarks>
/// <param name="Scale">The scale, a scalar.</param>
/// <param name="History">The magnitudes, the latest first.</param>
internal sealed record Float8Scale(Variable Scale, Variable History)
{
    /// <summary>The variables in the order of Keras' files.</summary>
    public IEnumerable<Variable> Variables => [Scale, History];

    /// <summary>Rounds inputs or a weight; the gradient passes through.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="training">Whether scale and history get their values for the next step.</param>
    public Tensor Round(Tensor x, bool training) => is_grad_enabled()
        ? Rounding.apply(x, Scale.Source, History.Source, training)
        : Float8.RoundScaled(x, Scale.Source, Float8Format.E4M3FN);

    /// <summary>Returns the numbers themselves, and rounds their gradient.</summary>
    public Tensor RoundGradient(Tensor y) => is_grad_enabled() && y.requires_grad
        ? GradientRounding.apply(y, Scale.Source, History.Source)
        : y;

    private sealed class Rounding : autograd.SingleTensorFunction<Rounding>
    {
        private const string Next = "next";

        public override string Name => "Float8Rounding";

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            (Tensor x, Tensor scale, Tensor history) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
            if ((bool)vars[3])
            {
                ctx.save_data(Next, new[] { Float8.NextScale(history, scale, Float8Format.E4M3FN), Float8.NextHistory(x, history) });
            }

            return Float8.RoundScaled(x, scale, Float8Format.E4M3FN);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var next = (Tensor[]?)ctx.get_data(Next);
            return [grad_output, next?[0]!, next?[1]!, null!];
        }
    }

    private sealed class GradientRounding : autograd.SingleTensorFunction<GradientRounding>
    {
        private const string Used = "used";

        public override string Name => "Float8GradientRounding";

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data(Used, new[] { (Tensor)vars[1], (Tensor)vars[2] });
            return ((Tensor)vars[0]).alias();
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var used = (Tensor[])ctx.get_data(Used);
            return
            [
                Float8.RoundScaled(grad_output, used[0], Float8Format.E5M2),
                Float8.NextScale(used[1], used[0], Float8Format.E5M2),
                Float8.NextHistory(grad_output, used[1]),
            ];
        }
    }
}

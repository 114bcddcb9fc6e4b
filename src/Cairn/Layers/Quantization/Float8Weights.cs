using Cairn.Initializers;
using Cairn.Training;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>The scales of a layer that rounds its inputs, its kernel and the gradient of its product to 8 bits.</summary>
/// <param name="Inputs">For the inputs.</param>
/// <param name="Kernel">For the kernel.</param>
/// <param name="OutputGradients">For the gradient of the product.</param>
internal sealed record Float8Weights(Float8Scale Inputs, Float8Scale Kernel, Float8Scale OutputGradients)
{
    /// <summary>The variables in the order of Keras' files.</summary>
    public IEnumerable<Variable> Variables => [.. Inputs.Variables, .. Kernel.Variables, .. OutputGradients.Variables];

    /// <summary>Creates the variables.</summary>
    /// <param name="length">The number of steps whose magnitudes are kept.</param>
    /// <param name="context">Creates weights.</param>
    /// <param name="isInFiles">Whether the values may be left to the file that is read.</param>
    public static Float8Weights Create(int length, BuildContext context, bool isInFiles)
    {
        return new Float8Weights(Pair("inputs"), Pair("kernel"), Pair("outputs_grad"));

        Float8Scale Pair(string name) => new(
            One($"{name}_scale", [], Initializer.Ones), One($"{name}_amax_history", [length], Initializer.Zeros));

        Variable One(string name, Shape shape, Initializer initializer)
        {
            Variable variable = isInFiles ? context.CreateVariable(name, shape, initializer, trainable: true)
                : context.CreateFilledVariable(name, shape, initializer);
            variable.IsOverwritten = true;
            return variable;
        }
    }

    /// <summary>The product of rounded inputs with the rounded kernel.</summary>
    /// <param name="x">The inputs.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="training">Whether the layer runs in training mode.</param>
    /// <param name="product">The product.</param>
    public Tensor Product(Tensor x, Tensor kernel, bool training, Func<Tensor, Tensor, Tensor> product) =>
        OutputGradients.RoundGradient(product(Inputs.Round(x, training), Kernel.Round(kernel, training)));

    /// <summary>Adds a bias, which is rounded to bfloat16 where the layer computes in 32 bits.</summary>
    /// <param name="sum">The product.</param>
    /// <param name="bias">The bias.</param>
    public static Tensor AddBias(Tensor sum, Tensor bias) =>
        sum.Plus(bias.dtype == ScalarType.Float32 ? bias.to(ScalarType.BFloat16).to(ScalarType.Float32) : bias);
}

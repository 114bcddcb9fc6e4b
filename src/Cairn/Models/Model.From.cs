using static TorchSharp.torch;

namespace Cairn;

// Models of TorchSharp modules.
public abstract partial class Model
{
    /// <summary>Creates a model that wraps a TorchSharp module, with Compile, Fit, callbacks and weight files.</summary>
    /// <param name="module">The module; the caller keeps ownership, and it is trained in place.</param>
    /// <param name="inputTypes">
    /// The element types of the inputs; float32 by default, <c>[ScalarType.Int64]</c> for a module that starts with an embedding.
    /// </param>
    /// <param name="name">The model's name; <c>torch_model</c> by default.</param>
    /// <param name="seed">Seed of shuffling and of the module's random numbers from libtorch's generator; see <see cref="Seed"/>.</param>
    /// <exception cref="ArgumentException">
    /// A parameter is not float32, or the number of types differs from the number of inputs.
    /// </exception>
    public static TorchModel From(nn.Module<Tensor, Tensor> module, IReadOnlyList<ScalarType>? inputTypes = null, string? name = null,
        long? seed = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        return new TorchModel(module, x => [module.call(x[0])], 1, 1, inputTypes, name, seed);
    }

    /// <summary>
    /// Creates a model that wraps a TorchSharp module with two inputs, named after the parameters of its <c>forward</c> method.
    /// </summary>
    /// <inheritdoc cref="From(nn.Module{Tensor, Tensor}, IReadOnlyList{ScalarType}?, string?, long?)"/>
    public static TorchModel From(nn.Module<Tensor, Tensor, Tensor> module, IReadOnlyList<ScalarType>? inputTypes = null,
        string? name = null, long? seed = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        return new TorchModel(module, x => [module.call(x[0], x[1])], 2, 1, inputTypes, name, seed);
    }

    /// <summary>
    /// Creates a model that wraps a TorchSharp module with three inputs, named after the parameters of its <c>forward</c> method.
    /// </summary>
    /// <inheritdoc cref="From(nn.Module{Tensor, Tensor}, IReadOnlyList{ScalarType}?, string?, long?)"/>
    public static TorchModel From(nn.Module<Tensor, Tensor, Tensor, Tensor> module, IReadOnlyList<ScalarType>? inputTypes = null,
        string? name = null, long? seed = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        return new TorchModel(module, x => [module.call(x[0], x[1], x[2])], 3, 1, inputTypes, name, seed);
    }

    /// <summary>Creates a model that wraps a TorchSharp module with two outputs, named <c>output_1</c> and <c>output_2</c>.</summary>
    /// <inheritdoc cref="From(nn.Module{Tensor, Tensor}, IReadOnlyList{ScalarType}?, string?, long?)"/>
    public static TorchModel From(nn.Module<Tensor, (Tensor, Tensor)> module, IReadOnlyList<ScalarType>? inputTypes = null,
        string? name = null, long? seed = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        return new TorchModel(
            module,
            x =>
            {
                (Tensor first, Tensor second) = module.call(x[0]);
                return [first, second];
            },
            1, 2, inputTypes, name, seed);
    }
}

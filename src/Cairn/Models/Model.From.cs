using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

// Networks written for TorchSharp.
public abstract partial class Model
{
    /// <summary>Makes a model of a TorchSharp network, which thereby gets Compile, Fit, callbacks and files of weights.</summary>
    /// <param name="module">The network; it stays the caller's and is trained in place.</param>
    /// <param name="inputTypes">The type of the numbers it takes; float32 by default, <c>[ScalarType.Int64]</c> for one that begins with an embedding.</param>
    /// <param name="name">The model's name; <c>torch_model</c> by default.</param>
    /// <param name="seed">Seed of the order of the samples and of what the module draws from libtorch's generator; see <see cref="Seed"/>.</param>
    /// <exception cref="ArgumentException">A parameter is not float32, or the types are not as many as the inputs.</exception>
    public static TorchModel From(nn.Module<Tensor, Tensor> module, IReadOnlyList<ScalarType>? inputTypes = null, string? name = null,
        long? seed = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        return new TorchModel(module, x => [module.call(x[0])], 1, 1, inputTypes, name, seed);
    }

    /// <summary>Makes a model of a TorchSharp network of two inputs, which are named like the parameters of its <c>forward</c>.</summary>
    /// <inheritdoc cref="From(nn.Module{Tensor, Tensor}, IReadOnlyList{ScalarType}?, string?, long?)"/>
    public static TorchModel From(nn.Module<Tensor, Tensor, Tensor> module, IReadOnlyList<ScalarType>? inputTypes = null,
        string? name = null, long? seed = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        return new TorchModel(module, x => [module.call(x[0], x[1])], 2, 1, inputTypes, name, seed);
    }

    /// <summary>Makes a model of a TorchSharp network of three inputs, which are named like the parameters of its <c>forward</c>.</summary>
    /// <inheritdoc cref="From(nn.Module{Tensor, Tensor}, IReadOnlyList{ScalarType}?, string?, long?)"/>
    public static TorchModel From(nn.Module<Tensor, Tensor, Tensor, Tensor> module, IReadOnlyList<ScalarType>? inputTypes = null,
        string? name = null, long? seed = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        return new TorchModel(module, x => [module.call(x[0], x[1], x[2])], 3, 1, inputTypes, name, seed);
    }

    /// <summary>Makes a model of a TorchSharp network of two outputs, named <c>output_1</c> and <c>output_2</c>.</summary>
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

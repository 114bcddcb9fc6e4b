using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Activations;

/// <summary>An element-wise (or, for softmax and its like, last-axis) function at the end of a layer. A string such as <c>"relu"</c> becomes one by itself.</summary>
/// <remarks>
/// Keras: <c>activations</c>, with its names and constants. Of Keras' functions only <c>threshold</c> is missing, which has no defaults and so
/// can't be named by a word there either. <c>glu</c> gives half as many features as it takes.
/// </remarks>
[SavedKind]
public sealed class ActivationFunction
{
    private static readonly Dictionary<string, ActivationFunction> Known = new(StringComparer.Ordinal);

    private readonly Func<Tensor, Tensor> function;
    private readonly Func<Tensor, Tensor>? overwriting;

    static ActivationFunction()
    {
        Add("linear", x => x);
        Add("relu", x => x.relu(), overwriting: x => x.relu_());
        Add("relu6", x => x.relu6());
        Add("leaky_relu", x => nn.functional.leaky_relu(x, 0.2));
        Add("elu", x => nn.functional.elu(x, 1));
        Add("celu", x => nn.functional.celu(x, 1));
        Add("selu", x => nn.functional.selu(x));
        Add("gelu", x => nn.functional.gelu(x));
        Add("silu", x => nn.functional.silu(x), "swish");
        Add("mish", x => nn.functional.mish(x));
        Add("sigmoid", x => x.sigmoid(), overwriting: x => x.sigmoid_());
        Add("log_sigmoid", x => nn.functional.logsigmoid(x));
        Add("hard_sigmoid", x => nn.functional.hardsigmoid(x));
        Add("hard_silu", x => nn.functional.hardswish(x), "hard_swish");
        Add("tanh", x => x.tanh(), overwriting: x => x.tanh_());
        Add("hard_tanh", x => x.clamp(Held(-1), Held(1)));
        Add("tanh_shrink", x => nn.functional.tanhshrink(x));
        Add("soft_shrink", x => nn.functional.softshrink(x, 0.5));
        Add("hard_shrink", x => nn.functional.hardshrink(x, 0.5));
        Add("softplus", x => nn.functional.softplus(x));
        Add("softsign", x => nn.functional.softsign(x));
        Add("exponential", x => x.exp());
        Add("squareplus", x => (x + (x.square() + 4).sqrt()) / 2);
        Add("sparse_plus", x => where(x.le(Held(-1)), zeros_like(x), where(x.lt(Held(1)), (x + 1).square() / 4, x)));
        Add("sparse_sigmoid", x => ((x + 1) / 2).clamp(Held(0), Held(1)));
        Add("glu", x => nn.functional.glu(x, -1));
        Add("softmax", x => x.softmax(-1));
        Add("sparsemax", SparseMax);
        Add("log_softmax", x => nn.functional.log_softmax(x, -1));
    }

    /// <summary>Makes a function of your own.</summary>
    /// <param name="name">
    /// Its name, under which files hold it; <see cref="Saving.CustomObjects.Register"/> makes it known when they are loaded.
    /// </param>
    /// <param name="function">Gives the values, of the shape of its argument; libtorch derives the gradient.</param>
    /// <exception cref="ArgumentException">The name is empty, or that of one of Keras' functions, for which a file would be read.</exception>
    public ActivationFunction(string name, Func<Tensor, Tensor> function)
        : this(name, function, null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(function);
        if (Known.ContainsKey(name))
        {
            throw new ArgumentException($"'{name}' is the name of one of Keras' activation functions; give yours another, so that files "
                + "can tell them apart.", nameof(name));
        }
    }

    private ActivationFunction(string name, Func<Tensor, Tensor> function, Func<Tensor, Tensor>? overwriting)
    {
        Name = name;
        this.function = function;
        this.overwriting = overwriting;
    }

    /// <summary>Keras' name of the function, such as <c>relu</c>.</summary>
    public string Name { get; }

    /// <summary>The names that a string may be.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>The identity, Keras' default.</summary>
    public static ActivationFunction Linear => Known["linear"];

    /// <summary>Finds an activation by Keras' name of it.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message names the nearest ones.</exception>
    public static implicit operator ActivationFunction(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Known.TryGetValue(name, out ActivationFunction? found)
            ? found
            : throw new ArgumentException($"Unknown activation '{name}'. {NearestName.Hint(name, Known.Keys)}", nameof(name));
    }

    /// <summary>The function's values, of the shape of <paramref name="x"/>.</summary>
    public Tensor Apply(Tensor x) => function(x);

    /// <summary>
    /// Whether <see cref="Overwrite"/> needs no memory of its own: for functions of single elements whose gradient follows from their values.
    /// </summary>
    internal bool Overwrites => overwriting is not null;

    /// <summary>The same values, in the place of <paramref name="sum"/> where the function can do that.</summary>
    /// <param name="sum">What nobody else needs, not even for gradients: the sum that a matrix product or a convolution has just given.</param>
    internal Tensor Overwrite(Tensor sum) => (overwriting ?? function)(sum);

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    // As Keras 3.16 computes it, also where three or more numbers stay above zero: its threshold then is taken from the sum of all partial
    // sums instead of the last one, so that the result does not sum to 1 (Martins and Astudillo, 2016, have the latter).
    private static Tensor SparseMax(Tensor x)
    {
        Tensor sorted = x.sort(-1, descending: true).Values;
        Tensor sums = sorted.cumsum(-1);
        Tensor support = (sorted - ((sums - 1) / arange(Held(1), Held(x.shape[^1] + 1), x.dtype, x.device))).gt(Held(0));
        Tensor threshold = (where(support, sums, zeros_like(sums)).sum(-1, keepdim: true) - 1) / support.sum(-1, keepdim: true);
        return (x - threshold).clamp_min(Held(0));
    }

    private static void Add(string name, Func<Tensor, Tensor> function, string? alias = null, Func<Tensor, Tensor>? overwriting = null)
    {
        var activation = new ActivationFunction(name, function, overwriting);
        Known.Add(name, activation);
        if (alias is not null)
        {
            Known.Add(alias, activation);
        }
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Activations;

/// <summary>
/// An activation function: element-wise or, like softmax, along the last axis. Converts implicitly from a string such as <c>"relu"</c>.
/// </summary>
/// <remarks>
/// Keras: <c>activations</c>, with the same names and constants. Of Keras' functions only <c>threshold</c> is missing; it has required
/// arguments and can't be used by name in Keras either. <c>glu</c> halves the number of features.
/// </remarks>
[SavedKind]
public sealed class ActivationFunction
{
    /// <summary>
    /// The <c>hard_sigmoid</c> of Keras before version 3: <c>0.2x + 0.5</c>, clipped to [0, 1]; that of Keras 3 is <c>x / 6 + 0.5</c>.
    /// Files of older versions are read with this function. Keras 3 has no function of this kind, so it is written as a model of this
    /// name with two layers.
    /// </summary>
    internal const string OldHardSigmoid = "hard_sigmoid_keras2";

    private static readonly Dictionary<string, ActivationFunction> Known = new(StringComparer.Ordinal);

    private readonly Func<Tensor, Tensor> function;
    private readonly Func<Tensor, Tensor>? overwriting;
    private readonly JsonObject? saved;

    static ActivationFunction()
    {
        Add("linear", x => x);
        Add("relu", x => x.relu(), overwriting: x => x.relu_());
        Add("relu6", x => x.relu6());
        Add("leaky_relu", x => x.leaky_relu(Held(0.2)));
        Add("elu", x => x.elu(Held(1.0), Held(1.0), Held(1.0)));
        Add("celu", x => x.celu(Held(1.0)));
        Add("selu", x => nn.functional.selu(x));
        Add("gelu", x => nn.functional.gelu(x));
        Add("silu", x => nn.functional.silu(x), "swish");
        Add("mish", x => x * x.Softplus().tanh());
        Add("sigmoid", x => x.sigmoid(), overwriting: x => x.sigmoid_());
        Add("log_sigmoid", x => nn.functional.logsigmoid(x));
        Add("hard_sigmoid", x => nn.functional.hardsigmoid(x));
        Add(OldHardSigmoid, x => ((x * Held(0.2f)).Plus(Held(0.5f))).clamp(Held(0), Held(1)));
        Add("hard_silu", x => nn.functional.hardswish(x), "hard_swish");
        Add("tanh", x => x.tanh(), overwriting: x => x.tanh_());
        Add("hard_tanh", x => where(x.ge(Held(1)), ones_like(x), where(x.le(Held(-1)), ones_like(x).neg(), x)));
        Add("tanh_shrink", x => nn.functional.tanhshrink(x));
        Add("soft_shrink", x => nn.functional.softshrink(x, 0.5));
        Add("hard_shrink", x => nn.functional.hardshrink(x, 0.5));
        Add("softplus", x => x.Softplus());
        Add("softsign", x => x / x.abs().Plus(Held(1)));
        Add("exponential", x => x.exp());
        Add("squareplus", x => x.Plus(x.Squared().Plus(Held(4)).sqrt()) / Held(2));
        Add("sparse_plus", x => where(x.le(Held(-1)), zeros_like(x), where(x.lt(Held(1)), x.Plus(Held(1)).Squared() / Held(4), x)));
        Add("sparse_sigmoid", x => where(x.le(Held(-1)), zeros_like(x), where(x.ge(Held(1)), ones_like(x), x.Plus(Held(1)) * Held(0.5f))));
        Add("glu", x => nn.functional.glu(x, -1));
        Add("softmax", x => x.softmax(-1));
        Add("sparsemax", SparseMax);
        Add("log_softmax", x => nn.functional.log_softmax(x, -1));
        Names = [.. Known.Keys.Where(name => name != OldHardSigmoid)];
    }

    /// <summary>Creates a custom activation function.</summary>
    /// <param name="name">
    /// The name used in files; <see cref="Saving.CustomObjects.Register"/> makes it available for loading.
    /// </param>
    /// <param name="function">Computes the values, in the shape of its argument; libtorch derives the gradient.</param>
    /// <exception cref="ArgumentException">The name is empty or that of a Keras function, which would be ambiguous in files.</exception>
    public ActivationFunction(string name, Func<Tensor, Tensor> function)
        : this(name, function, null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(function);
        if (Known.ContainsKey(name))
        {
            throw new ArgumentException($"'{name}' is the name of a Keras activation function; choose another name, so that files are "
                + "not ambiguous.", nameof(name));
        }
    }

    private ActivationFunction(
        string name, Func<Tensor, Tensor> function, Func<Tensor, Tensor>? overwriting, JsonObject? saved = null)
    {
        Name = name;
        this.saved = saved;
        this.function = function;
        this.overwriting = overwriting;
    }

    /// <summary>The Keras name of the function, such as <c>relu</c>.</summary>
    public string Name { get; }

    /// <summary>The valid names.</summary>
    public static IReadOnlyCollection<string> Names { get; }

    /// <summary>The identity, which is Keras' default.</summary>
    public static ActivationFunction Linear => Known["linear"];

    internal static ActivationFunction Relu => Known["relu"];

    internal static ActivationFunction Softmax => Known["softmax"];

    /// <summary>Whether this is Keras' function of this name, not one that a program has made.</summary>
    internal bool Is(string name) => ReferenceEquals(this, Known[name]);

    /// <summary>Gets an activation function by its Keras name.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message suggests similar ones.</exception>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator ActivationFunction?(string? name) => name is null ? null
        : Known.TryGetValue(name, out ActivationFunction? found) ? found
        : throw new ArgumentException($"Unknown activation '{name}'. {NearestName.Hint(name, Known.Keys)}", nameof(name));

    /// <summary>The function of a layer that stands in the place of an activation function.</summary>
    /// <param name="name">The layer's class.</param>
    /// <param name="function">What it computes.</param>
    /// <param name="saved">The layer as files have it.</param>
    internal static ActivationFunction Of(string name, Func<Tensor, Tensor> function, JsonObject saved) =>
        new(name, function, null, saved);

    /// <summary>The function as a value in the configuration of a layer: its name, or an object.</summary>
    internal JsonNode Serialize() =>
        saved?.DeepClone() ?? (Name == OldHardSigmoid ? ActivationLayers.OldHardSigmoid() : JsonValue.Create(Name));

    /// <summary>Applies the function; the result has the shape of <paramref name="x"/>.</summary>
    public Tensor Apply(Tensor x) => function(x);

    /// <summary>
    /// Whether <see cref="Overwrite"/> works in place: for element-wise functions whose gradient can be computed from their values.
    /// </summary>
    internal bool Overwrites => overwriting is not null;

    /// <summary>Applies the function, overwriting <paramref name="sum"/> if the function supports that.</summary>
    /// <param name="sum">
    /// A tensor that nothing else needs, not even for gradients: the fresh result of a matrix product or convolution.
    /// </param>
    internal Tensor Overwrite(Tensor sum) => (overwriting ?? function)(sum);

    /// <summary>Returns the name.</summary>
    public override string ToString() => Name;

    // As in Keras 3.16, also if three or more values stay above zero: its threshold then uses the sum of all partial sums instead of the
    // last one as in Martins and Astudillo (2016), so the result does not sum to 1.
    private static Tensor SparseMax(Tensor x)
    {
        Tensor sorted = x.sort(-1, descending: true).Values;
        Tensor sums = sorted.cumsum(-1);
        Tensor support = (sorted - ((sums - Held(1)) / arange(Held(1), Held(x.shape[^1] + 1), Held(1), x.dtype, x.device))).gt(Held(0));
        Tensor threshold = (where(support, sums, zeros_like(sums)).sum(-1, keepdim: true) - Held(1)) / support.sum(-1, keepdim: true);
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

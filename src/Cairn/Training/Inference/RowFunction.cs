using System.Numerics;
using Cairn.Layers;

namespace Cairn.Training.Inference;

/// <summary>A function of rows of numbers: of each element, or of a row as a whole.</summary>
internal abstract unsafe class RowFunction
{
    // Functions with a close vector form. A model with another one is computed with libtorch.
    private static readonly Dictionary<string, RowFunction> Known = new(StringComparer.Ordinal)
    {
        ["relu"] = Of<Rectified>(),
        ["relu6"] = Of(new Clipped(6)),
        ["leaky_relu"] = Of(new Leaky(0.2f)),
        ["sigmoid"] = Of<Sigmoid>(),
        ["tanh"] = Of<HyperbolicTangent>(),
        ["silu"] = Of<SigmoidWeighted>(),
        ["softsign"] = Of<SoftSign>(),
        ["exponential"] = Of<Exponential>(),
        ["softmax"] = new SoftmaxFunction(isLogarithm: false),
        ["log_softmax"] = new SoftmaxFunction(isLogarithm: true),
    };

    /// <summary>The identity, which adds a bias.</summary>
    public static RowFunction Identity { get; } = Of<Same>();

    /// <summary>The function of an activation function's name; null if there is none.</summary>
    public static RowFunction? Named(string name) => Known.GetValueOrDefault(name);

    /// <summary>The function <c>max(x, 0) + slope · min(x, 0)</c>.</summary>
    public static RowFunction LeakyOf(double slope) => Of(new Leaky((float)slope));

    /// <summary>The function <c>min(max(x, 0), most)</c>.</summary>
    public static RowFunction ClippedOf(double most) => Of(new Clipped((float)most));

    /// <summary>The function <c>scale · x + offset</c>, rounded twice.</summary>
    public static RowFunction ScaledOf(double scale, double offset) => Of(new Scaled((float)scale, (float)offset));

    /// <summary>Computes the function.</summary>
    /// <param name="x">The rows, contiguous.</param>
    /// <param name="bias">A row that is added first, or null.</param>
    /// <param name="y">The results; may be the same memory.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Numbers per row.</param>
    public abstract void Apply(float* x, float* bias, float* y, int rows, int columns);

    private static ElementFunction<T> Of<T>(T function = default)
        where T : struct, IElementFunction => new(function);

    private readonly struct Same : IElementFunction
    {
        public Vector<float> Of(Vector<float> x) => x;
    }

    // NaN stays NaN, as in libtorch.
    private readonly struct Rectified : IElementFunction
    {
        public Vector<float> Of(Vector<float> x) =>
            Vector.ConditionalSelect(Vector.LessThanOrEqual(x, Vector<float>.Zero), Vector<float>.Zero, x);
    }

    private readonly struct Clipped(float most) : IElementFunction
    {
        public Vector<float> Of(Vector<float> x)
        {
            var low = Vector.ConditionalSelect(Vector.LessThanOrEqual(x, Vector<float>.Zero), Vector<float>.Zero, x);
            var limit = new Vector<float>(most);
            return Vector.ConditionalSelect(Vector.GreaterThan(low, limit), limit, low);
        }
    }

    private readonly struct Leaky(float slope) : IElementFunction
    {
        public Vector<float> Of(Vector<float> x) => Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), x, x * slope);
    }

    private readonly struct Scaled(float scale, float offset) : IElementFunction
    {
        public Vector<float> Of(Vector<float> x) => (x * scale) + new Vector<float>(offset);
    }

    private readonly struct Exponential : IElementFunction
    {
        public Vector<float> Of(Vector<float> x) => GateFunctions.Exp(x);
    }

    private readonly struct Sigmoid : IElementFunction
    {
        public Vector<float> Of(Vector<float> x) => GateFunctions.Sigmoid(x);
    }

    private readonly struct SigmoidWeighted : IElementFunction
    {
        public Vector<float> Of(Vector<float> x) => x / (Vector<float>.One + GateFunctions.Exp(-x));
    }

    private readonly struct SoftSign : IElementFunction
    {
        public Vector<float> Of(Vector<float> x) => x / (Vector.Abs(x) + Vector<float>.One);
    }

    private readonly struct HyperbolicTangent : IElementFunction
    {
        public Vector<float> Of(Vector<float> x) => GateFunctions.Tanh(x);
    }
}

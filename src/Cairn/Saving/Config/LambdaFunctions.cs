using System.Collections;
using static TorchSharp.torch;

namespace Cairn.Saving;

/// <summary>
/// C# functions that replace Python code in a file: the bodies of <c>Lambda</c> layers, and custom layers without weights, keyed by layer
/// name.
/// </summary>
/// <example>
/// <code>
/// using Model model = Model.Load("model.h5", lambdas: new() { ["lambda_1"] = x => x / 127.5f - 1 });
/// </code>
/// for several inputs:
/// <code>
/// using Model model = Model.Load("model.h5", lambdas: new() { { "distance", (a, b) => (a - b).abs() } });
/// </code>
/// </example>
public sealed class LambdaFunctions : IEnumerable<string>
{
    private static readonly AsyncLocal<LambdaFunctions?> Current = new();

    private readonly Dictionary<string, Func<Tensor[], Tensor>> functions = new(StringComparer.Ordinal);
    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    /// <summary>Sets the function of a layer with one input.</summary>
    /// <param name="layer">The layer's name in the file, such as <c>lambda_1</c>.</param>
    /// <value>A function of the input, batch axis first; libtorch computes its gradient.</value>
    public Func<Tensor, Tensor> this[string layer]
    {
        set => Put(layer, value, 1, x => value(x[0]));
    }

    /// <summary>Adds the function of a layer with one input.</summary>
    /// <param name="layer">The layer's name in the file.</param>
    /// <param name="function">A function of the input, batch axis first.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public void Add(string layer, Func<Tensor, Tensor> function) => Put(layer, function, 1, x => function(x[0]));

    /// <summary>Adds the function of a layer with two inputs.</summary>
    /// <param name="layer">The layer's name in the file.</param>
    /// <param name="function">A function of the inputs in their order, batch axes first.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public void Add(string layer, Func<Tensor, Tensor, Tensor> function) => Put(layer, function, 2, x => function(x[0], x[1]));

    /// <summary>Adds the function of a layer with three inputs.</summary>
    /// <param name="layer">The layer's name in the file.</param>
    /// <param name="function">A function of the inputs in their order, batch axes first.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public void Add(string layer, Func<Tensor, Tensor, Tensor, Tensor> function) =>
        Put(layer, function, 3, x => function(x[0], x[1], x[2]));

    /// <summary>Adds the function of a layer with any number of inputs.</summary>
    /// <param name="layer">The layer's name in the file.</param>
    /// <param name="function">A function of the inputs in their order, batch axes first.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public void AddMany(string layer, Func<Tensor[], Tensor> function) => Put(layer, function, null, function);

    /// <summary>The names of the layers.</summary>
    public IEnumerator<string> GetEnumerator() => functions.Keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The function of a layer in the file being loaded, or null.</summary>
    internal static Func<Tensor[], Tensor>? Find(string layer)
    {
        if (Current.Value is not { } given || !given.functions.TryGetValue(layer, out Func<Tensor[], Tensor>? function))
        {
            return null;
        }

        given.used.Add(layer);
        return function;
    }

    /// <summary>Makes these functions available to the current load.</summary>
    internal IDisposable Scope() => new ScopeEnd(this);

    /// <summary>The names that matched no layer of the file.</summary>
    internal IEnumerable<string> Unused => functions.Keys.Where(name => !used.Contains(name));

    private void Put(string layer, Delegate function, int? inputs, Func<Tensor[], Tensor> plain)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(layer);
        ArgumentNullException.ThrowIfNull(function);
        functions[layer] = x => inputs is null || x.Length == inputs
            ? plain(x)
            : throw new ArgumentException($"The function for the layer '{layer}' takes {inputs} tensor{(inputs == 1 ? "" : "s")}, but the "
            + $"layer has {x.Length} inputs.");
    }

    private sealed class ScopeEnd : IDisposable
    {
        private readonly LambdaFunctions? before = Current.Value;

        public ScopeEnd(LambdaFunctions functions)
        {
            functions.used.Clear();
            Current.Value = functions;
        }

        public void Dispose() => Current.Value = before;
    }
}

using Cairn.Activations;
using Cairn.Layers;

namespace Cairn;

/// <summary>The arguments common to all functions of <see cref="Applications"/>, the input tensor, and the resulting model.</summary>
/// <remarks>Keras: <c>imagenet_utils</c>.</remarks>
internal sealed record ImageModel(
    string Name,
    bool IncludeTop,
    string? Weights,
    KerasTensor? InputTensor,
    Shape? InputShape,
    string? Pooling,
    int Classes,
    string? ClassifierActivation)
{
    private static readonly string[] Poolings = ["avg", "max"];

    /// <summary>Checks the arguments and returns the input tensor of the network.</summary>
    /// <param name="defaultSize">Height and width to use with the top if none are given.</param>
    /// <param name="minSize">Minimum height and width.</param>
    /// <param name="shape">The shape of an image, given or default.</param>
    /// <exception cref="ArgumentException">An argument is invalid.</exception>
    /// <exception cref="FileNotFoundException">The weights file does not exist.</exception>
    public KerasTensor Begin(int defaultSize, int minSize, out Shape shape)
    {
        shape = ResolveShape(defaultSize, minSize, IncludeTop);
        return Begin(shape);
    }

    /// <summary>Checks the arguments and returns the input tensor of the network, for a known shape.</summary>
    public KerasTensor Begin(Shape shape)
    {
        Check();
        return InputTensor ?? new Input(shape);
    }

    /// <summary>The shape of an image, as Keras' <c>obtain_input_shape</c> determines it.</summary>
    public Shape ResolveShape(int defaultSize, int minSize, bool requireFlatten)
    {
        if (InputShape is not { Rank: > 0 } given)
        {
            return requireFlatten ? [defaultSize, defaultSize, 3] : [Shape.None, Shape.None, 3];
        }

        if (given.Rank != 3)
        {
            throw new ArgumentException($"inputShape must be (height, width, channels) of one image; got {given}.", "inputShape");
        }

        CheckSize(given, minSize);
        return requireFlatten && !given.IsFullyKnown
            ? throw new ArgumentException($"With includeTop: true, inputShape needs a known height and width; got {given}.", "inputShape")
            : given;
    }

    /// <summary>Throws if images are too small for the network.</summary>
    public static void CheckSize(Shape shape, int minSize)
    {
        if ((shape[0] != Shape.None && shape[0] < minSize) || (shape[1] != Shape.None && shape[1] < minSize))
        {
            throw new ArgumentException($"inputShape must be at least {minSize} by {minSize}; got {shape}.", "inputShape");
        }
    }

    /// <summary>Applies global pooling if requested; <c>pooling</c> is only used without the top.</summary>
    /// <param name="x">The output of the network.</param>
    /// <param name="average">The name of the average pooling layer; null for an automatic name.</param>
    /// <param name="maximum">The name of the max pooling layer.</param>
    public KerasTensor Pool(KerasTensor x, string? average = null, string? maximum = null) => Pooling switch
    {
        "avg" => new GlobalAveragePooling2D(name: average).Apply(x),
        "max" => new GlobalMaxPooling2D(name: maximum).Apply(x),
        _ => x,
    };

    /// <summary>The top of most families, or global pooling instead.</summary>
    public KerasTensor Top(KerasTensor x, string? average = null, string? maximum = null) => IncludeTop
        ? Classify(new GlobalAveragePooling2D(name: average).Apply(x))
        : Pool(x, average, maximum);

    /// <summary>The dense classification layer.</summary>
    public KerasTensor Classify(KerasTensor x, Initializers.Initializer? initializer = null, Initializers.Initializer? bias = null) =>
        new Dense(Classes, Function(ClassifierActivation), kernelInitializer: initializer, biasInitializer: bias, name: "predictions")
            .Apply(x);

    /// <summary>The activation function with a name; null for null.</summary>
    public static ActivationFunction? Function(string? activation) =>
        activation is null ? null : (ActivationFunction)activation;

    /// <summary>Creates the model, and loads its weights if a file is given.</summary>
    public Functional End(KerasTensor output)
    {
        IReadOnlyList<KerasTensor> sources = InputTensor is null ? [] : Sources(InputTensor);
        Functional model = sources.Count > 1 ? new Functional(sources, output, Name)
            : new Functional(sources.Count == 1 ? sources[0] : First(output), output, Name);
        if (Weights is not null)
        {
            try
            {
                model.LoadWeights(Weights);
            }
            catch
            {
                model.Dispose();
                throw;
            }
        }

        return model;
    }

    private static KerasTensor First(KerasTensor output) => Sources(output)[0];

    // The inputs from which a tensor is computed.
    private static List<KerasTensor> Sources(KerasTensor tensor)
    {
        var found = new List<KerasTensor>();
        var seen = new HashSet<LayerCall>();
        var open = new Stack<KerasTensor>([tensor]);
        while (open.TryPop(out KerasTensor? next))
        {
            if (next.Layer is Input)
            {
                if (!found.Contains(next))
                {
                    found.Add(next);
                }
            }
            else if (seen.Add(next.Producer))
            {
                foreach (KerasTensor input in next.Producer.Inputs.Reverse())
                {
                    open.Push(input);
                }
            }
        }

        return found;
    }

    private void Check()
    {
        if (Pooling is not null && !Poolings.Contains(Pooling))
        {
            throw new ArgumentException(
                $"pooling must be null, 'avg' or 'max'; got '{Pooling}'. {NearestName.Hint(Pooling, Poolings)}", "pooling");
        }

        if (Classes < 1)
        {
            throw new ArgumentOutOfRangeException("classes", Classes, "classes must be 1 or more.");
        }

        if (Weights is null)
        {
            return;
        }

        if (!File.Exists(Weights))
        {
            throw Weights == "imagenet"
                ? new ArgumentException("weights must be a local file or null; nothing is downloaded. Got 'imagenet'.", "weights")
                : new FileNotFoundException($"The weights file '{Weights}' does not exist.", Weights);
        }

        if (IncludeTop && ClassifierActivation is not (null or "softmax" or "linear"))
        {
            throw new ArgumentException(
                $"With weights, classifierActivation must be null or 'softmax'; got '{ClassifierActivation}'.", "classifierActivation");
        }
    }
}

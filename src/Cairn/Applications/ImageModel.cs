using Cairn.Activations;
using Cairn.Layers;

namespace Cairn;

/// <summary>What all functions of <see cref="Applications"/> take, the input that follows from it, and the model at the end.</summary>
/// <remarks>Keras: what <c>imagenet_utils</c> does for each of them.</remarks>
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

    /// <summary>Checks the arguments and gives the tensor that the network begins with.</summary>
    /// <param name="defaultSize">Height and width where the top needs them and none are given.</param>
    /// <param name="minSize">The least height and width.</param>
    /// <param name="shape">The shape of an image: as given, or the default one.</param>
    /// <exception cref="ArgumentException">An argument is not possible.</exception>
    /// <exception cref="FileNotFoundException">There is no such file of weights.</exception>
    public KerasTensor Begin(int defaultSize, int minSize, out Shape shape)
    {
        shape = ResolveShape(defaultSize, minSize, IncludeTop);
        return Begin(shape);
    }

    /// <summary>Checks the arguments and gives the tensor that the network begins with, of a shape that is known.</summary>
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
            throw new ArgumentException($"inputShape is (height, width, channels) of one image; got {given}.", "inputShape");
        }

        CheckSize(given, minSize);
        return requireFlatten && !given.IsFullyKnown
            ? throw new ArgumentException($"With includeTop: true, inputShape needs a known height and width; got {given}.", "inputShape")
            : given;
    }

    /// <summary>Refuses images that are smaller than the network can take.</summary>
    public static void CheckSize(Shape shape, int minSize)
    {
        if ((shape[0] != Shape.None && shape[0] < minSize) || (shape[1] != Shape.None && shape[1] < minSize))
        {
            throw new ArgumentException($"inputShape must be at least {minSize} by {minSize}; got {shape}.", "inputShape");
        }
    }

    /// <summary>Pools over the whole image where that is asked for; <c>pooling</c> counts without the top only.</summary>
    /// <param name="x">What the network gives.</param>
    /// <param name="average">The name of the averaging layer; null for the automatic one.</param>
    /// <param name="maximum">The name of the layer that takes the maximum.</param>
    public KerasTensor Pool(KerasTensor x, string? average = null, string? maximum = null) => Pooling switch
    {
        "avg" => new GlobalAveragePooling2D(name: average).Apply(x),
        "max" => new GlobalMaxPooling2D(name: maximum).Apply(x),
        _ => x,
    };

    /// <summary>The top of most families, or the pooling in its place.</summary>
    public KerasTensor Top(KerasTensor x, string? average = null, string? maximum = null) => IncludeTop
        ? Classify(new GlobalAveragePooling2D(name: average).Apply(x))
        : Pool(x, average, maximum);

    /// <summary>The dense layer that gives the classes.</summary>
    public KerasTensor Classify(KerasTensor x, Initializers.Initializer? initializer = null, Initializers.Initializer? bias = null) =>
        new Dense(Classes, Function(ClassifierActivation), kernelInitializer: initializer, biasInitializer: bias, name: "predictions")
            .Apply(x);

    /// <summary>The function of a name; null stays null.</summary>
    public static ActivationFunction? Function(string? activation) =>
        activation is null ? null : (ActivationFunction)activation;

    /// <summary>Makes the model, and reads its weights where a file is given.</summary>
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

    // Each input that a tensor is made of.
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
                $"pooling is null, 'avg' or 'max'; got '{Pooling}'. {NearestName.Hint(Pooling, Poolings)}", "pooling");
        }

        if (Classes < 1)
        {
            throw new ArgumentOutOfRangeException("classes", Classes, "A classifier has one class or more.");
        }

        if (Weights is null)
        {
            return;
        }

        if (!File.Exists(Weights))
        {
            throw Weights == "imagenet"
                ? new ArgumentException("weights is the path of a local file, or null; nothing is downloaded. Got 'imagenet'.", "weights")
                : new FileNotFoundException($"There is no file of weights '{Weights}'.", Weights);
        }

        if (IncludeTop && ClassifierActivation is not (null or "softmax" or "linear"))
        {
            throw new ArgumentException(
                $"With weights, classifierActivation is null or 'softmax'; got '{ClassifierActivation}'.", "classifierActivation");
        }
    }
}

using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

// Weights are created when the shape of the input is known.
public abstract partial class Layer
{
    /// <summary>The call arguments the layer was built with: which parameters the inputs belong to.</summary>
    internal CallArguments BuildArguments { get; private set; } = CallArguments.One;

    /// <summary>Called when the sublayers have changed: shapes are inferred again.</summary>
    private protected void Unbuild()
    {
        (Built, InputShapes, OutputShapes) = (false, [], []);
        markedAt = -1;
    }

    internal void BuildFor(Shape inputShape, BuildContext context) => BuildFor([inputShape], CallArguments.One, context);

    internal virtual void BuildFor(IReadOnlyList<Shape> inputShapes, CallArguments arguments, BuildContext context)
    {
        if (Built)
        {
            if (!CanTakeAgain(inputShapes, arguments))
            {
                throw new ArgumentException(
                    $"{ClassName} '{Name}' was built for inputs of shape {Shape.Describe(InputShapes)} and can't "
                        + $"take {Shape.Describe(inputShapes)}.",
                    nameof(inputShapes));
            }

            return;
        }

        using DisposeScope scope = NewDisposeScope();
        if (IsOfUser)
        {
            LayerNames.Assign(Sublayers.Select(s => s.Layer).Distinct());
        }

        BuildContext? around = underway;
        underway = building = context.Within(Name);
        int parts = sublayers.Count;
        try
        {
            Build(inputShapes, arguments);
            if (IsOfUser && HasFunction && Sublayers.Any(s => !s.Layer.Built))
            {
                FirstRun(inputShapes, arguments, building);
            }

            OutputShapes = ComputeOutputShapes(inputShapes, arguments);
            InputShapes = inputShapes;
            BuildArguments = arguments;
            origin = building;
            Built = true;
            markedAt = -1;
        }
        finally
        {
            building = null;
            underway = around;
            if (!Built)
            {
                foreach (Variable variable in variables)
                {
                    variable.Dispose();
                }

                variables.Clear();
                foreach ((_, Layer part) in sublayers.Skip(parts))
                {
                    part.Dispose();
                }

                sublayers.RemoveRange(parts, sublayers.Count - parts);
            }
        }
    }

    /// <summary>Creates the weights; called once, when the input's shape is known.</summary>
    /// <param name="inputShape">The input's shape, batch axis included.</param>
    protected virtual void Build(Shape inputShape)
    {
    }

    /// <summary>Creates a weight. Can only be called from <see cref="Build(Shape)"/>.</summary>
    /// <param name="name">Keras' name of the weight, for example <c>kernel</c>.</param>
    /// <param name="shape">Its shape; all sizes must be known.</param>
    /// <param name="initializer">Initializer of the weight.</param>
    /// <param name="trainable">Whether training updates it.</param>
    /// <param name="regularizer">Regularizer of the weight; its penalty is added to the loss while the weight is trainable; none by
    /// default.</param>
    /// <param name="constraint">Constraint on the weight, applied after each step; none by default.</param>
    /// <exception cref="InvalidOperationException">Called outside of <see cref="Build(Shape)"/>.</exception>
    protected Variable AddWeight(
        string name, Shape shape, Initializer initializer, bool trainable = true, Regularizer? regularizer = null,
        Constraint? constraint = null)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(initializer);
        if (building is null)
        {
            throw new InvalidOperationException("Weights can only be created in Build.");
        }

        Variable variable = building.CreateVariable(name, shape, initializer, trainable);
        variable.Regularizer = regularizer;
        variable.Constraint = constraint;
        return Register(variable);
    }

    /// <summary>Makes a new variable a weight of the layer.</summary>
    private Variable Register(Variable variable)
    {
        variable.LearningRateFactor = LearningRateFactor;
        variables.Add(variable);
        return variable;
    }

    // A parameter that only one of the calls has, such as initial states, is not a difference.
    private bool CanTakeAgain(IReadOnlyList<Shape> now, CallArguments arguments)
    {
        if (CallParameters.Count == 1)
        {
            return now.Count == InputShapes.Count && InputShapes.Zip(now).All(pair => CanTakeAgain(pair.First, pair.Second));
        }

        return arguments.Tensors.All(given =>
            (given.Start == 0 ? BuildArguments.Tensors[0] : BuildArguments.Range(given.Parameter)) is not { } before
            || (before.Count == given.Count && Enumerable.Range(0, given.Count)
            .All(i => CanTakeAgain(InputShapes[before.Start + i], now[given.Start + i]))));
    }

    /// <summary>
    /// Whether a built layer can also take inputs of another shape: any shape if it has no weights, otherwise shapes whose sizes agree.
    /// </summary>
    private protected virtual bool CanTakeAgain(Shape earlier, Shape now) => earlier.IsCompatibleWith(now) || Weights.Count == 0;

    /// <summary>Whether two shapes agree along their last axes, whatever the leading axes are.</summary>
    private protected static bool AgreeInLastAxis(Shape one, Shape other) =>
        one.Rank > 0 && other.Rank > 0 && (one[^1] == other[^1] || one[^1] == Shape.None || other[^1] == Shape.None);
}

using Cairn.Activations;
using Cairn.Layers;

namespace Cairn.Training.Plan;

/// <summary>Layers on vectors that run one after the other, which become the stages of one node.</summary>
/// <param name="features">Numbers of a vector.</param>
internal sealed class MatrixChain(int features)
{
    private readonly List<PlanStage> stages = [];
    private readonly List<PlannedFunction> functions = [];
    private List<ColumnOperation> operations = [];
    private PlannedProduct? product;
    private bool endsWithSoftmax;

    /// <summary>Number of weights.</summary>
    public long Weights => functions.SelectMany(function => function.Weights).Sum(weight => weight.Shape.ElementCount);

    /// <summary>Whether a chain may contain what a layer computes.</summary>
    public static bool Knows(PlannedFunction? function) => function switch
    {
        PlannedProduct { Activation: var activation } => Knows(activation),
        PlannedActivation { Function: var activation } => Knows(activation),
        _ => function is not null,
    };

    /// <summary>Adds a layer, unless it can't follow those before.</summary>
    public bool TryAdd(PlannedFunction function)
    {
        if (endsWithSoftmax)
        {
            return false;
        }

        functions.Add(function);
        switch (function)
        {
            case PlannedProduct next:
                if (product is not null || operations.Count > 0)
                {
                    End();
                }

                product = next;
                Add(next.Activation);
                break;
            case PlannedActivation { Function: var activation }:
                Add(activation);
                break;
            case PlannedDropout { Rate: var rate }:
                operations.Add(new DropoutOperation(rate));
                break;
            case PlannedNormalization normalization:
                operations.Add(new NormalizationOperation(normalization));
                break;
        }

        return true;
    }

    /// <summary>The node.</summary>
    public MatrixNode NodeFor(PlanValue input)
    {
        End();
        return new MatrixNode(input, functions, [.. stages]);
    }

    private static bool Knows(ActivationFunction function) =>
        function.Is("softmax") || function.Is("linear") || ActivationOperation.For(function) is not null;

    private void End()
    {
        stages.Add(new PlanStage(stages.Count == 0 ? null : stages[^1], features, product, operations, endsWithSoftmax));
        features = stages[^1].Features;
        (product, endsWithSoftmax) = (null, false);
        operations = [];
    }

    private void Add(ActivationFunction function)
    {
        if (function.Is("softmax"))
        {
            endsWithSoftmax = true;
        }
        else if (ActivationOperation.For(function) is { } operation)
        {
            operations.Add(operation);
        }
    }
}

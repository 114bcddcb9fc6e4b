using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Cairn.Saving;
using Cairn.Training;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>What training makes small: one number for the targets and predictions of a batch. A string such as <c>"mse"</c> becomes one by itself.</summary>
/// <remarks>Derive from it and give one value a sample in <see cref="Call"/>; the reduction to one number is done here, as in Keras.</remarks>
[SavedKind]
public abstract partial class Loss
{
    private static readonly string[] Reductions = ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none"];

    /// <summary>Starts a loss.</summary>
    /// <param name="name">The loss' own name.</param>
    /// <param name="reduction">
    /// <c>sum_over_batch_size</c> (default) or its other name <c>mean</c>, <c>sum</c>, <c>mean_with_sample_weight</c>, or <c>none</c>, with
    /// which a model can't be trained.
    /// </param>
    /// <exception cref="ArgumentException">The reduction is another word.</exception>
    protected Loss(string name, string reduction = "sum_over_batch_size")
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!Reductions.Contains(reduction))
        {
            throw new ArgumentException($"Unknown reduction '{reduction}'. {NearestName.Hint(reduction, Reductions)}", nameof(reduction));
        }

        Name = name;
        Reduction = reduction;
    }

    /// <summary>The loss' name.</summary>
    public string Name { get; }

    /// <summary>How the values of the samples become one number.</summary>
    public string Reduction { get; }

    /// <summary>Keras' class name.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>Makes a loss from Keras' name of it, such as <c>"sparse_categorical_crossentropy"</c> or <c>"mse"</c>.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message names the nearest ones.</exception>
    public static implicit operator Loss(string name) => LossRegistry.Get(name);

    /// <summary>The loss of each sample (or each position of it).</summary>
    /// <param name="yTrue">Targets, float32 (integer class numbers for sparse losses).</param>
    /// <param name="yPred">Predictions, <c>[batch, ...]</c>.</param>
    public abstract Tensor Call(Tensor yTrue, Tensor yPred);

    /// <summary>Throws where targets of this shape can't be compared with predictions of that shape.</summary>
    internal virtual void CheckShapes(Shape yTrue, Shape yPred, string argument)
    {
        Shape squeezed = yTrue.Rank == yPred.Rank + 1 && yTrue[^1] == 1 ? yTrue[..^1] : yTrue;
        Shape expanded = squeezed.Rank == yPred.Rank - 1 && yPred[^1] == 1 ? [.. squeezed, 1] : squeezed;
        if (!yPred.IsCompatibleWith(expanded))
        {
            throw new ArgumentException(
                $"The targets have the shape {yTrue} and the model's output has the shape {yPred}; {ClassName} needs both "
                    + $"alike.{ShapeHint(yTrue, yPred)}",
                argument);
        }
    }

    /// <summary>The loss of a batch: one number, unless the reduction is <c>none</c>.</summary>
    internal Tensor Compute(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null, Tensor? mask = null)
    {
        Tensor values = Call(yTrue, yPred);
        if (mask is not null)
        {
            sampleWeight = MaskWeights.Combine(sampleWeight, mask, Reduction is "sum_over_batch_size" or "mean");
        }

        if (sampleWeight is not null)
        {
            (values, sampleWeight) = RankAlignment.Align(values, sampleWeight);
            values *= sampleWeight;
        }

        return Reduction switch
        {
            "none" => values,
            "sum" => values.sum(),
            "mean_with_sample_weight" when sampleWeight?.sum() is { } total => values.sum() / total.masked_fill(total.eq(Held(0)), Held(1)),
            _ => values.mean(),
        };
    }

    /// <summary>Value and gradient without libtorch's operations, where a loss can do that for these tensors; otherwise <see cref="Compute"/> does.</summary>
    internal virtual bool TryDifferentiate(Tensor yTrue, Tensor yPred, out BatchLoss value, [NotNullWhen(true)] out Tensor? gradient)
    {
        (value, gradient) = (default, null);
        return false;
    }

    internal JsonObject Serialize()
    {
        var config = new JsonObject { ["name"] = Name, ["reduction"] = Reduction };
        WriteConfig(config);
        return KerasObject.Of(this, "keras.losses", ClassName, config);
    }

    /// <summary>As the file of a model holds it: the object, or the string where that was left open.</summary>
    internal virtual JsonNode SerializeForCompile() => Serialize();

    /// <summary>The loss that is meant for predictions of this shape; other than itself only for <c>"crossentropy"</c>.</summary>
    internal virtual Loss ResolveFor(Shape yTrue, Shape yPred) => this;

    private protected virtual string ShapeHint(Shape yTrue, Shape yPred) => "";

    /// <summary>Adds the loss's own settings to its configuration, under Keras' names; they come back in the factory of <see cref="CustomObjects"/>.</summary>
    protected virtual void WriteConfig(JsonObject config)
    {
    }
}

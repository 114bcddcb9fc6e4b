using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Replication;
using Cairn.Saving;
using Cairn.Training;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// The loss to minimize: a scalar computed from the targets and predictions of a batch. Converts implicitly from a string such as
/// <c>"mse"</c>.
/// </summary>
/// <remarks>Derived classes return one value per sample in <see cref="Call"/>; this class applies the reduction, as in Keras.</remarks>
[SavedKind]
public abstract partial class Loss
{
    private static readonly string[] Reductions = ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none"];

    /// <summary>Initializes the loss.</summary>
    /// <param name="name">The name of the loss.</param>
    /// <param name="reduction">
    /// <c>sum_over_batch_size</c> (default) or its synonym <c>mean</c>, <c>sum</c>, <c>mean_with_sample_weight</c>, or <c>none</c>, which
    /// can't be used for training.
    /// </param>
    /// <exception cref="ArgumentException">The reduction is unknown.</exception>
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

    /// <summary>The name of the loss.</summary>
    public string Name { get; }

    /// <summary>The reduction of the values of the samples.</summary>
    public string Reduction { get; }

    /// <summary>Keras' class name.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>Creates a loss from its Keras name, such as <c>"sparse_categorical_crossentropy"</c> or <c>"mse"</c>.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message suggests similar ones.</exception>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator Loss?(string? name) => name is null ? null : LossRegistry.Get(name);

    /// <summary>Computes the loss of each sample (or of each position).</summary>
    /// <param name="yTrue">
    /// Targets, float32 (integer class indices for sparse losses). A custom loss gets them with the rank of the predictions, as a function
    /// in Keras does: a last axis of size 1 is added to or removed from the targets.
    /// </param>
    /// <param name="yPred">Predictions, <c>[batch, ...]</c>.</param>
    public abstract Tensor Call(Tensor yTrue, Tensor yPred);

    /// <summary>Throws if targets and predictions of these shapes are incompatible.</summary>
    internal virtual void CheckShapes(Shape yTrue, Shape yPred, string argument) =>
        RankAlignment.RequireAlike(ClassName, yTrue, yPred, argument, ShapeHint(yTrue, yPred));

    /// <summary>
    /// Computes the loss of a batch: a scalar, unless the reduction is <c>none</c>. Keras: <c>loss(y_true, y_pred)</c>. <see cref="Call"/>
    /// returns the values before the reduction.
    /// </summary>
    /// <param name="yTrue">Targets, of the shape of the predictions; for sparse losses, class indices of any type.</param>
    /// <param name="yPred">Predictions, <c>[batch, ...]</c>.</param>
    /// <param name="sampleWeight">A weight for each sample, <c>[batch]</c>, or for each of its positions; null (default) for 1.</param>
    /// <exception cref="ArgumentException">The shapes are incompatible.</exception>
    public Tensor Compute(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        Shape targets = yTrue.shape;
        Shape predictions = yPred.shape;
        Loss resolved = ResolveFor(targets, predictions);
        resolved.CheckShapes(targets, predictions, nameof(yTrue));
        return resolved.Compute(resolved is SparseCategoricalCrossentropy ? yTrue : yTrue.to(yPred.dtype), yPred, sampleWeight, null);
    }

    /// <summary>Computes the loss of a batch without checks.</summary>
    internal Tensor Compute(Tensor yTrue, Tensor yPred, Tensor? sampleWeight, Tensor? mask)
    {
        if (IsOwn)
        {
            // Aligned as in Keras; otherwise targets [batch] and predictions [batch, 1] would broadcast to [batch, batch].
            (yTrue, yPred) = RankAlignment.Align(yTrue, yPred);
        }

        BatchShare? share = CallContext.Current?.Share;
        Tensor values = Values(yTrue, yPred, share);
        if (mask is not null)
        {
            sampleWeight = MaskWeights.Combine(sampleWeight, mask, Reduction is "sum_over_batch_size" or "mean", share);
        }

        if (sampleWeight is not null)
        {
            (values, sampleWeight) = RankAlignment.Weigh(values, sampleWeight, spread: false);
            values *= sampleWeight;
        }

        return Reduction switch
        {
            "none" => values,
            "sum" => OfWholeBatch(values.sum()),
            "mean_with_sample_weight" when sampleWeight?.sum() is { } own && (share?.Sum(own) ?? own) is var total =>
                OfWholeBatch(values.sum()) / total.masked_fill(total.eq(Held(0)), Held(1)),
            _ => values.mean(),
        };

        // In several processes, the results weighted by the numbers of rows add up to the loss of the whole batch.
        Tensor OfWholeBatch(Tensor sum) => share is null ? sum : sum * Held((float)share.SumFactor);
    }

    /// <summary>Same as <see cref="Call"/>; counts samples together with those of the other processes.</summary>
    private protected virtual Tensor Values(Tensor yTrue, Tensor yPred, BatchShare? share) => Call(yTrue, yPred);

    /// <summary>
    /// Computes value and gradient without libtorch operations, if the loss supports that for these tensors; otherwise
    /// <c>Compute</c> is used.
    /// </summary>
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

    /// <summary>The loss as saved in a model file: an object, or a string if the loss is not resolved yet.</summary>
    internal virtual JsonNode SerializeForCompile() => Serialize();

    /// <summary>The loss for predictions of this shape; another instance only for <c>"crossentropy"</c>.</summary>
    internal virtual Loss ResolveFor(Shape yTrue, Shape yPred) => this;

    /// <summary>Whether the loss is user-defined rather than one of Keras'.</summary>
    private protected virtual bool IsOwn => GetType().Assembly != typeof(Loss).Assembly;

    private protected virtual string ShapeHint(Shape yTrue, Shape yPred) => "";

    /// <summary>
    /// Writes the settings of the loss to its configuration, under Keras' names. The factory registered in <see cref="CustomObjects"/>
    /// reads them back.
    /// </summary>
    protected virtual void WriteConfig(JsonObject config)
    {
    }
}

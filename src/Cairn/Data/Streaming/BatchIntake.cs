using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>Converts batches from user code to the form that a model expects, and checks that they are consistent.</summary>
internal sealed class BatchIntake(BatchLayout layout)
{
    private IReadOnlyList<Shape>? inputShapes;
    private IReadOnlyList<Shape>? targetShapes;
    private long taken;

    /// <summary>Converts a batch to the form that the model expects.</summary>
    /// <param name="given">The batch from user code.</param>
    /// <param name="isOwned">Whether the given batch may be consumed; otherwise the result has its own tensors.</param>
    public Batch Take(Batch given, bool isOwned)
    {
        if (given is null)
        {
            throw new InvalidOperationException($"Batch {taken} of the data is null.");
        }

        using IDisposable _ = no_grad();
        (Tensor[] inputs, Tensor[] targets, Tensor?[] weights) = given.Slots;
        bool copy = !isOwned || given.LeaveOpen;
        for (int i = 0; i < given.TextInputs.Count && given.InputNames.Count == 0; i++)
        {
            layout.CheckText(given.TextInputs[i], i, $"Input {i} of batch {taken}");
        }

        var batch = new Batch(
            [.. InOrder(inputs, given.InputNames, layout.InputNames, "input")
                .Select((t, i) => layout.InModelsRank(Own(t!, layout.InputType(i), copy), i))],
            [.. Targets(targets, given).Select((t, i) => Own(t, layout.TargetType(i), copy))],
            [.. InOrder(weights, given.WeightNames, layout.OutputNames, "output", mayMiss: true)
                .Select(w => w is null ? null : Own(w, ScalarType.Float32, copy))],
            given.Count);
        if (!copy)
        {
            given.Dispose();
        }

        try
        {
            Check(batch);
        }
        catch
        {
            batch.Dispose();
            throw;
        }

        taken++;
        return batch;
    }

    private IReadOnlyList<Tensor> Targets(Tensor[] targets, Batch given)
    {
        if (targets.Length == 0 || layout.Targeted is null || (given.TargetNames.Count == 0 && targets.Length == layout.OutputNames.Count))
        {
            return [.. InOrder(targets, given.TargetNames, layout.OutputNames, "output").Select(t => t!)];
        }

        return ModelOrder.Targets(targets, given.TargetNames, layout, $"Batch {taken}", () => zeros(given.Count, device: layout.Device));
    }

    // Without a copy this is another handle to the same memory, so that the caller may dispose its own at any time.
    private Tensor Own(Tensor tensor, ScalarType type, bool copy)
    {
        if (tensor.IsInvalid)
        {
            throw new InvalidOperationException(
                $"A tensor of batch {taken} of the data has been disposed. Fit disposes the batches of a lazy sequence after use; "
                + "to reuse a batch, create it with leaveOpen: true, or pass the batches in an array or list.");
        }

        if (tensor.dtype != type || !tensor.device.Equals(layout.Device))
        {
            if (type == ScalarType.Int64)
            {
                DataCheck.FiniteLabels(tensor, $"batch {taken} of the data");
            }

            return tensor.detach().to(type).to(layout.Device).DetachFromDisposeScope();
        }

        if (!copy)
        {
            return tensor.detach().DetachFromDisposeScope();
        }

        if (!TensorMemory.IsReachable(tensor) || type is not (ScalarType.Float32 or ScalarType.Int64))
        {
            return tensor.detach().clone().DetachFromDisposeScope();
        }

        // libtorch's copy would start its threads, which would compete with the running step.
        Tensor own = empty(tensor.shape, type).DetachFromDisposeScope();
        if (type == ScalarType.Float32)
        {
            TensorMemory.SpanOf<float>(tensor).CopyTo(TensorMemory.SpanOf<float>(own));
        }
        else
        {
            TensorMemory.SpanOf<long>(tensor).CopyTo(TensorMemory.SpanOf<long>(own));
        }

        return own;
    }

    private Tensor?[] InOrder(Tensor?[] tensors, IReadOnlyList<string> names, IReadOnlyList<string> known, string what,
        bool mayMiss = false)
    {
        if (names.Count == 0)
        {
            return tensors;
        }

        if (names.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw new ArgumentException($"Batch {taken} names the {what} '{unknown}', which the model does not "
                + $"have. {NearestName.Hint(unknown, known)}");
        }

        if (!mayMiss && known.FirstOrDefault(name => !names.Contains(name)) is { } missing)
        {
            throw new ArgumentException($"Batch {taken} has no entry for the model's {what} '{missing}'.");
        }

        return [.. known.Select(name => names.Contains(name) ? tensors[names.ToList().IndexOf(name)] : null)];
    }

    private void Check(Batch batch)
    {
        IReadOnlyList<Shape> inputs = ShapesOf(batch.Inputs);
        IReadOnlyList<Shape> targets = ShapesOf(batch.Targets);
        inputShapes ??= inputs;
        targetShapes ??= targets;
        if (!AreAlike(inputShapes, inputs))
        {
            throw Unlike("inputs", inputShapes, inputs);
        }

        // Sequences may differ in length between batches, and their targets with them.
        bool sameInputs = inputShapes.SequenceEqual(inputs);
        if (!AreAlike(targetShapes, targets) || (sameInputs && !targetShapes.SequenceEqual(targets)))
        {
            throw Unlike("targets", targetShapes, targets);
        }

        if (taken > 0 && layout.InputShapes is { } declared
            && (declared.Count != inputs.Count || !declared.Zip(inputs).All(pair => pair.First.IsCompatibleWith(pair.Second))))
        {
            throw new ArgumentException($"The inputs of batch {taken} have the shape {Shape.Describe(inputs)}; the model "
                + $"expects {Shape.Describe(declared)}.");
        }

        if (!layout.MustBeFinite)
        {
            return;
        }

        CheckNumbers(batch.Inputs, "the inputs");
        CheckNumbers(batch.Targets, "the targets");
        CheckNumbers(batch.Weights, "the weights");
    }

    private void CheckNumbers(IReadOnlyList<Tensor?> tensors, string what)
    {
        for (int i = 0; i < tensors.Count; i++)
        {
            if (tensors[i] is not { } tensor || !tensor.is_floating_point())
            {
                continue;
            }

            string name = tensors.Count == 1 ? what : $"{what}[{i}]";
            if (TensorMemory.IsReachable(tensor) && tensor.dtype == ScalarType.Float32)
            {
                DataCheck.Finite(TensorMemory.SpanOf<float>(tensor), (Shape)tensor.shape, name, row => $"batch {taken}, row {row}");
            }
            else
            {
                DataCheck.Finite(tensor, $"{name} of batch {taken}");
            }
        }
    }

    private ArgumentException Unlike(string what, IReadOnlyList<Shape> first, IReadOnlyList<Shape> now) => new(
        $"The {what} of batch {taken} have the shape {Shape.Describe(now)}; those of the first batch have {Shape.Describe(first)}. "
        + "All batches need the same number of arrays and axes, and target shapes that depend only on the input shapes.");

    private static bool AreAlike(IReadOnlyList<Shape> first, IReadOnlyList<Shape> now) =>
        first.Count == now.Count && first.Zip(now).All(pair => pair.First.Rank == pair.Second.Rank);

    internal static IReadOnlyList<Shape> ShapesOf(IEnumerable<Tensor> tensors) =>
        [.. tensors.Select(t => ((Shape)t.shape).OpenBatch)];
}

namespace Cairn.Cli.Data;

/// <summary>Rows for training or evaluation, before the kind of the targets is known.</summary>
/// <param name="Name">The name of the data, for messages.</param>
/// <param name="X">The numbers, row after row.</param>
/// <param name="SampleShape">The shape of one row.</param>
/// <param name="Target">The column to predict, or null.</param>
/// <param name="TargetNumbers">Several numbers per row to predict, <c>[rows, outputs]</c>; then there is no column.</param>
internal sealed record DataSet(string Name, float[] X, Shape SampleShape, TargetColumn? Target, NDArray? TargetNumbers)
{
    /// <summary>The attribution that the license requires; null for none.</summary>
    public string? Attribution { get; init; }

    public int Rows => (int)(X.Length / SampleShape.ElementCount);

    public NDArray All => Slice(0, Rows);

    /// <summary>A range of the rows.</summary>
    public NDArray Slice(int start, int end)
    {
        int width = (int)SampleShape.ElementCount;
        return NDArray.From(X[(start * width)..(end * width)], SampleShape.WithBatch(end - start));
    }

    /// <summary>The rows reshaped to the input shape of a model, if the sizes agree.</summary>
    /// <exception cref="CommandException">The sizes do not agree.</exception>
    public DataSet ShapedFor(Shape? inputShape)
    {
        if (inputShape is null || inputShape[1..].IsCompatibleWith(SampleShape))
        {
            return this;
        }

        Shape sample = inputShape[1..];
        if (sample.IsFullyKnown && sample.ElementCount == SampleShape.ElementCount)
        {
            return this with { SampleShape = sample };
        }

        bool isOneTooMany = SampleShape.Rank == 1 && sample.IsFullyKnown && sample.ElementCount == SampleShape[0] - 1;
        throw new CommandException(
            $"the model needs rows of shape {sample}; those of {Name} have the shape {SampleShape}"
            + (isOneTooMany ? ". There is one column too many: name the one that is not an input with --target NAME" : ""));
    }

    /// <summary>Reads the targets.</summary>
    /// <exception cref="CommandException">A value does not match the kind of target.</exception>
    public Targets ReadTargets(TaskKind? forced, IReadOnlyList<string>? classes = null)
    {
        if (Target is not null)
        {
            return TargetReading.Read(Target, forced, classes);
        }

        NDArray numbers = TargetNumbers ?? throw new InvalidOperationException("The data was read without targets.");
        if (forced == TaskKind.Classification)
        {
            throw new CommandException($"for classification the targets must be one class index per row; they have the "
                + $"shape {numbers.Shape}");
        }

        return new Targets(TaskKind.Regression, numbers.ToArray(), (int)numbers.Shape[1], [],
            $"there are {numbers.Shape[1]} numbers per row");
    }
}

namespace Cairn.Cli.Data;

/// <summary>Rows to learn from or to measure on, before it is decided what the targets are.</summary>
/// <param name="Name">What the data are, for people.</param>
/// <param name="X">The numbers, row after row.</param>
/// <param name="SampleShape">The shape of one row.</param>
/// <param name="Target">The column to predict, or null.</param>
/// <param name="TargetNumbers">Several numbers a row to predict, <c>[rows, outputs]</c>; then there is no column.</param>
internal sealed record DataSet(string Name, float[] X, Shape SampleShape, TargetColumn? Target, NDArray? TargetNumbers)
{
    /// <summary>Who made them, where that must be said.</summary>
    public string? Attribution { get; init; }

    public int Rows => (int)(X.Length / SampleShape.ElementCount);

    public NDArray All => Slice(0, Rows);

    /// <summary>A range of the rows.</summary>
    public NDArray Slice(int start, int end)
    {
        int width = (int)SampleShape.ElementCount;
        return NDArray.From(X[(start * width)..(end * width)], SampleShape.WithBatch(end - start));
    }

    /// <summary>The rows in the shape that a model takes, where they have as many numbers.</summary>
    /// <exception cref="CommandException">They have not.</exception>
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
            $"the model takes rows of shape {sample}; those of {Name} have the shape {SampleShape}"
            + (isOneTooMany ? ". One column too many: --target NAME names the one that is no input" : ""));
    }

    /// <summary>What is to be predicted.</summary>
    /// <exception cref="CommandException">A value can't be what it is taken for.</exception>
    public Targets ReadTargets(TaskKind? forced, IReadOnlyList<string>? classes = null)
    {
        if (Target is not null)
        {
            return TargetReading.Read(Target, forced, classes);
        }

        NDArray numbers = TargetNumbers ?? throw new InvalidOperationException("The data were read without targets.");
        if (forced == TaskKind.Classification)
        {
            throw new CommandException($"for classification the targets must be one class number a row; they have the "
                + $"shape {numbers.Shape}");
        }

        return new Targets(TaskKind.Regression, numbers.ToArray(), (int)numbers.Shape[1], [],
            $"there are {numbers.Shape[1]} numbers a row");
    }
}

namespace Cairn.Callbacks;

/// <summary>One value per epoch; prints as a list of numbers: <c>[0.5, 0.25]</c>.</summary>
internal sealed class EpochValues : List<double>
{
    public EpochValues()
    {
    }

    public EpochValues(int capacity)
        : base(capacity)
    {
    }

    public EpochValues(IEnumerable<double> values)
        : base(values)
    {
    }

    public override string ToString() => $"[{string.Join(", ", this.Select(NumberText.Of))}]";
}

namespace Cairn;

public abstract partial class Model
{
    /// <summary>Saves the whole model.</summary>
    public void Save(string filepath) => SaveCore(filepath);

    /// <summary>Saves the weights.</summary>
    public void SaveWeights(string filepath) => SaveWeightsCore(filepath);

    internal virtual void SaveCore(string filepath) => throw new NotSupportedException();

    internal virtual void SaveWeightsCore(string filepath) => throw new NotSupportedException();
}

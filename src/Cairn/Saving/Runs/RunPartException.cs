namespace Cairn.Saving.Runs;

/// <summary>Thrown when a part of a run can't be saved in a form that could be read back.</summary>
internal sealed class RunPartException(string part, string problem, Exception? innerException = null) : Exception(problem, innerException)
{
    /// <summary>The name of the part, such as <c>callbacks/2</c>.</summary>
    public string Part => part;
}

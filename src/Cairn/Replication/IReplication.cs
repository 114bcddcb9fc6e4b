namespace Cairn.Replication;

/// <summary>Several processes that train one model together: what a step needs of the others.</summary>
/// <remarks>All of them call the same members in the same order; each call returns when the last process has made it.</remarks>
internal interface IReplication
{
    /// <summary>Index of this process, from 0.</summary>
    int Rank { get; }

    /// <summary>Number of processes.</summary>
    int Count { get; }

    /// <summary>Adds up numbers of all processes, in place.</summary>
    void Sum(Span<float> numbers);

    /// <summary>Called before each step of training or of a validation.</summary>
    /// <param name="share">The rows of this process.</param>
    /// <param name="training">Whether it is a step of training.</param>
    void BeginStep(BatchShare share, bool training);

    /// <summary>Called after each step of training.</summary>
    /// <param name="share">The rows of this process.</param>
    void EndStep(BatchShare share);

    /// <summary>Notes an exception that can't be thrown where it occurred; the next exchange throws.</summary>
    /// <param name="exception">The exception.</param>
    void Failed(Exception exception);

    /// <summary>
    /// Replaces the gradients of this process's rows by those of the whole batch: the sum of all, weighted by the numbers of rows.
    /// </summary>
    /// <param name="share">The rows of this process in the current batch.</param>
    /// <param name="variables">The variables of one optimizer.</param>
    /// <param name="takesStretches">Whether the optimizer can take the sums one stretch after the other.</param>
    /// <returns>
    /// The sums, if they are to be taken so, for all variables in their order; the gradients then remain those of this process. Null if the
    /// gradients have been replaced.
    /// </returns>
    IStretchedSums? SumGradients(BatchShare share, IEnumerable<Variable> variables, Func<bool> takesStretches);

    /// <summary>Whether the gradient of a variable is exchanged during the backward pass of this step.</summary>
    bool IsWatched(Variable variable);

    /// <summary>
    /// Creates a tensor for the gradient of a variable in memory that the other processes read, to be filled in this step and freed when
    /// the variable is updated; null if there is no such memory. At most one is in use for a variable.
    /// </summary>
    TorchSharp.torch.Tensor? NewGradient(Variable variable);

    /// <summary>Takes the gradient of a variable to exchange it during the backward pass; false if that is done later.</summary>
    bool TryTake(Variable variable, TorchSharp.torch.Tensor gradient);
}

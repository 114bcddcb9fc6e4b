namespace Cairn.Optimizers;

/// <summary>The division of an optimizer among processes, each of which updates some variables and has their state.</summary>
internal interface IOptimizerShards
{
    /// <summary>Whether this process updates a variable.</summary>
    bool Owns(Variable variable);

    /// <summary>Called after an update: each process sends its variables to the others.</summary>
    /// <param name="variables">The variables that were updated by any process, in the same order in all of them.</param>
    void Updated(IReadOnlyList<Variable> variables);
}

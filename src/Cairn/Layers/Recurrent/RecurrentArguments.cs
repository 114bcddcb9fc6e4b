namespace Cairn.Layers;

/// <summary>The call arguments of a recurrent layer or its wrapper: sequences, initial states and a mask.</summary>
internal static class RecurrentArguments
{
    /// <summary>Sequences, then the given number of states, then optionally a mask.</summary>
    public static CallArguments Of(int states, bool hasMask)
    {
        var tensors = new List<CallArguments.TensorArgument> { new("sequences", 0, 1, IsList: false) };
        if (states > 0)
        {
            tensors.Add(new("initial_state", 1, states, IsList: true));
        }

        if (hasMask)
        {
            tensors.Add(new("mask", 1 + states, 1, IsList: false));
        }

        return new CallArguments(tensors, null);
    }

    /// <summary>
    /// The number of states after the first tensor. All other tensors are states if nothing is named, as in Keras 2's lists.
    /// </summary>
    public static int StateCount(CallArguments arguments, int inputs) =>
        arguments.Range("initial_state") is { } range ? range.Count : arguments.Range("mask") is null ? inputs - 1 : 0;
}

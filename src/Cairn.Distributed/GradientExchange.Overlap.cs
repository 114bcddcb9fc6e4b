using Cairn.Native;
using Cairn.Replication;
using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Distributed;

/// <content>Messages that are sent while the backward pass goes on.</content>
internal sealed partial class GradientExchange
{
    private Tensor?[]? arrived;
    private int[] missing = [];
    private float watchedWeight;
    private long watchedStep;
    private bool isFirst = true;
    private bool isImpossible;

    /// <summary>
    /// Lets the layers compute with copies of the weights whose gradients arrive here during the backward pass. A message is sent as soon
    /// as it is complete. A gradient that arrives here is not added to the weight itself; so if a weight has one after the backward pass,
    /// it was also used in another way, and its gradient is known only then.
    /// </summary>
    public void Watch(BatchShare share, Variable[] variables, long step)
    {
        if (isImpossible || variables.Any(variable => variable.Value.grad is not null))
        {
            return;
        }

        ExchangePlan now = Prepare(variables);
        (watchedWeight, watchedStep) = ((float)share.Weight, step);
        arrived = new Tensor?[variables.Length];
        missing = [.. now.Pieces.Select(piece => piece.End - piece.First)];
        if (!now.ControlIsSeparate)
        {
            missing[^1]++;
        }

        for (int i = 0; i < variables.Length; i++)
        {
            if (variables[i].Value is { requires_grad: true } value)
            {
                variables[i].ExchangeCopy(WatchedWeight.apply(value, this, i));
            }
        }
    }

    /// <summary>Whether the gradient of a variable arrives here during the backward pass of this step.</summary>
    public bool IsWatched(Variable variable) => arrived is not null && plan!.IndexOf(variable) >= 0;

    /// <summary>Takes the gradient of a variable during a backward pass without autograd, if it is watched.</summary>
    public bool TryTake(Variable variable, Tensor gradient)
    {
        if (!IsWatched(variable))
        {
            return false;
        }

        Arrive(plan!.IndexOf(variable), gradient);
        return true;
    }

    /// <summary>Takes the gradient of a weight during the backward pass.</summary>
    internal void Arrive(int variable, Tensor gradient)
    {
        Tensor known = gradient.detach();
        if (arrived![variable] is { } before)
        {
            NoteOtherUse(variable);
            known = known.Plus(before);
            before.Dispose();
        }
        else
        {
            missing[plan!.PieceOf(variable)]--;
        }

        arrived[variable] = known.DetachFromDisposeScope();
        Write(plan!, variable, known, watchedWeight);

        // In the first step it is not yet known whether a weight is used in another way besides.
        while (!isFirst && underWay.Count < missing.Length && missing[underWay.Count] == 0)
        {
            Begin(plan!.Pieces[underWay.Count], watchedStep);
        }

        if (underWay.Count > 0)
        {
            underWay[^1].Advance();
        }
    }

    /// <summary>Notes a failure during the backward pass, through which an exception can't pass.</summary>
    internal void Fail(Exception exception)
    {
        if (exception is not ReplicaException)
        {
            replicas.Collective.Fail($"{exception.GetType().Name}: {exception.Message}");
        }
    }

    private bool IsWritten(int variable) => arrived?[variable] is not null;

    // The layers compute with the weights again.
    private void EndWatch()
    {
        for (int i = 0; i < arrived?.Length; i++)
        {
            Variable variable = plan!.Variables[i];
            variable.ExchangeCopy(null);
            if (arrived[i] is { } known && variable.Value.grad is { } other)
            {
                NoteOtherUse(i);
                other.add_(known, Held(1));
                known.Dispose();
                arrived[i] = null;
            }
        }
    }

    private void Forget()
    {
        isFirst &= arrived is null;
        foreach (Tensor? gradient in arrived ?? [])
        {
            gradient?.Dispose();
        }

        arrived = null;
    }

    private void NoteOtherUse(int variable)
    {
        if (!isFirst)
        {
            throw new InvalidOperationException(
                $"The gradient of '{plan!.Variables[variable].Path}' has another part than in the first step, which came after its "
                + "exchange. Create the DataParallel with overlap: false.");
        }

        isImpossible = true;
    }
}

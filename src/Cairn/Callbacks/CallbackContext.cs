namespace Cairn.Callbacks;

/// <summary>What the callbacks of one list share: where the training is, where to print, where to record.</summary>
internal sealed class CallbackContext(CallbackParams parameters, History? history)
{
    private readonly HashSet<string> warned = new(StringComparer.Ordinal);

    public OutputLine Line { get; } = new(parameters.Output);

    public int Epoch { get; set; }

    public int? Batch { get; set; }

    /// <summary>Whether an epoch of training has begun, so that <see cref="Epoch"/> says something.</summary>
    public bool InEpoch { get; set; }

    /// <summary>Whether the training that begins is one that goes on.</summary>
    public bool Resuming { get; set; }

    /// <summary>What ends the training before its time.</summary>
    public Exception? Failure { get; set; }

    /// <summary>The learning rate of the running epoch, taken before any callback may have changed it at the epoch's end.</summary>
    public double? LearningRate { get; set; }

    /// <summary>Something was recorded.</summary>
    public event Action<TrainingEvent>? Happened;

    public void Record(TrainingEvent happened)
    {
        history?.Add(happened);
        Happened?.Invoke(happened);
    }

    /// <summary>Shows a warning; the same text once a run, however often it recurs.</summary>
    public void Warn(string message)
    {
        if (warned.Add(message))
        {
            Line.Erase();
            parameters.Error.Write($"UserWarning: {message}\n");
            parameters.Error.Flush();
        }
    }

    public void StartRun()
    {
        warned.Clear();
        (Epoch, InEpoch, Failure) = (parameters.InitialEpoch, false, null);
    }
}

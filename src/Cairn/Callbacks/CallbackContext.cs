namespace Cairn.Callbacks;

/// <summary>State shared by the callbacks of one list: the current epoch and batch, the output and the history.</summary>
internal sealed class CallbackContext(CallbackParams parameters, History? history)
{
    private readonly HashSet<string> warned = new(StringComparer.Ordinal);

    public OutputLine Line { get; } = new(parameters.Output);

    public int Epoch { get; set; }

    public int? Batch { get; set; }

    /// <summary>Whether an epoch of training has begun, so that <see cref="Epoch"/> is valid.</summary>
    public bool InEpoch { get; set; }

    /// <summary>Whether the training that begins resumes an earlier run.</summary>
    public bool Resuming { get; set; }

    /// <summary>Whether a name may occur in the logs of this run: the model logs it, or a callback may add it.</summary>
    public Func<string, bool> MayBeLogged { get; set; } = _ => true;

    /// <summary>Whether the training was already completed by another process.</summary>
    public bool HadEnded { get; set; }

    /// <summary>The exception that stops the training.</summary>
    public Exception? Failure { get; set; }

    /// <summary>The learning rate of the current epoch, read before callbacks can change it at the end of the epoch.</summary>
    public double? LearningRate { get; set; }

    /// <summary>The history of the run; null where there is none.</summary>
    public History? History => history;

    /// <summary>Raised when an event is recorded.</summary>
    public event Action<TrainingEvent>? Happened;

    /// <summary>Whether the history contains a warning with this text. A resumed run has the warnings of the interrupted one.</summary>
    public bool HasWarning(string message) =>
        history?.Events.Any(one => one.Kind == EventKind.Warning && one.Message == message) == true;

    public void Record(TrainingEvent happened)
    {
        history?.Add(happened);
        Happened?.Invoke(happened);
    }

    /// <summary>Prints a warning, once per run for the same kind; the kind is the text itself by default.</summary>
    public void Warn(string message, string? kind = null)
    {
        if (warned.Add(kind ?? message))
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

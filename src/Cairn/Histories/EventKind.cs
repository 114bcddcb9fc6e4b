namespace Cairn.Callbacks;

/// <summary>The kinds of <see cref="TrainingEvent"/> that Cairn's own callbacks record.</summary>
public static class EventKind
{
    /// <summary>The learning rate was made smaller.</summary>
    public const string LearningRateReduced = "learning_rate_reduced";

    /// <summary>The learning rate of an epoch was set, to the same value or another one.</summary>
    public const string LearningRateSet = "learning_rate_set";

    /// <summary>The model or its weights were written to a file.</summary>
    public const string ModelSaved = "model_saved";

    /// <summary>The model or its weights were written to the file of the last one, best or not.</summary>
    public const string LastModelSaved = "last_model_saved";

    /// <summary>A saved model is no longer among those that are kept, and its file goes.</summary>
    public const string ModelDropped = "model_dropped";

    /// <summary>From here on a file gets the values of every epoch.</summary>
    public const string LogStarted = "log_started";

    /// <summary>The best value that training has to improve on was taken from a file.</summary>
    public const string BestTaken = "best_taken";

    /// <summary>A callback asked the training to stop.</summary>
    public const string TrainingStopped = "training_stopped";

    /// <summary>Weights of an earlier epoch were put back.</summary>
    public const string WeightsRestored = "weights_restored";

    /// <summary>From here on the gradients of another number of batches are gathered for one change of the weights.</summary>
    public const string AccumulationSet = "gradient_accumulation_set";

    /// <summary>Layers that were frozen are trained from here on.</summary>
    public const string LayersUnfrozen = "layers_unfrozen";

    /// <summary>Averages of the weights took the weights' place.</summary>
    public const string WeightsAveraged = "weights_averaged";

    /// <summary>A learning rate was found by trying many.</summary>
    public const string LearningRateFound = "learning_rate_found";

    /// <summary>The weights and their moving averages changed places.</summary>
    public const string WeightsSwapped = "weights_swapped";

    /// <summary>A gradient was NaN or infinite; the message names the layer.</summary>
    public const string GradientNotFinite = "gradient_not_finite";

    /// <summary>Something looks wrong, and training goes on.</summary>
    public const string Warning = "warning";

    /// <summary>The training was interrupted from outside.</summary>
    public const string Interrupted = "interrupted";
}

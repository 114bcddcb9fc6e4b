namespace Cairn.Callbacks;

/// <summary>The kinds of <see cref="TrainingEvent"/> that Cairn's own callbacks record.</summary>
public static class EventKind
{
    /// <summary>The learning rate was reduced.</summary>
    public const string LearningRateReduced = "learning_rate_reduced";

    /// <summary>The learning rate of an epoch was set, to the same or another value.</summary>
    public const string LearningRateSet = "learning_rate_set";

    /// <summary>The model or its weights were saved to a file.</summary>
    public const string ModelSaved = "model_saved";

    /// <summary>The model or its weights were saved as the last model, whether or not it is the best.</summary>
    public const string LastModelSaved = "last_model_saved";

    /// <summary>A saved model is no longer among those to keep, and its file is deleted.</summary>
    public const string ModelDropped = "model_dropped";

    /// <summary>A callback started to write the values of every epoch to a file.</summary>
    public const string LogStarted = "log_started";

    /// <summary>The best value that training must improve on was read from a file.</summary>
    public const string BestTaken = "best_taken";

    /// <summary>A callback requested training to stop.</summary>
    public const string TrainingStopped = "training_stopped";

    /// <summary>The weights of an earlier epoch were restored.</summary>
    public const string WeightsRestored = "weights_restored";

    /// <summary>The number of batches whose gradients are accumulated per update changed.</summary>
    public const string AccumulationSet = "gradient_accumulation_set";

    /// <summary>Frozen layers became trainable.</summary>
    public const string LayersUnfrozen = "layers_unfrozen";

    /// <summary>The weights were set to their average.</summary>
    public const string WeightsAveraged = "weights_averaged";

    /// <summary>A search over learning rates found the best one.</summary>
    public const string LearningRateFound = "learning_rate_found";

    /// <summary>The weights were swapped with their moving averages.</summary>
    public const string WeightsSwapped = "weights_swapped";

    /// <summary>A gradient was NaN or infinite; the message names the layer.</summary>
    public const string GradientNotFinite = "gradient_not_finite";

    /// <summary>The user requested, on a page, to stop after the current epoch.</summary>
    public const string StopRequested = "stop_requested";

    /// <summary>A note added by the user.</summary>
    public const string Note = "note";

    /// <summary>A warning; training continues.</summary>
    public const string Warning = "warning";

    /// <summary>Training was interrupted by the user or the program.</summary>
    public const string Interrupted = "interrupted";
}

using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

/// <summary>
/// A training of given epochs that is interrupted after a batch or epoch. It resumes with new callbacks and a new model, which have only
/// the saved states, weights and learning rate.
/// </summary>
internal sealed class CutTraining
{
    private readonly Func<Callback[]> create;
    private readonly int? cut;
    private int passed;

    /// <param name="create">Creates the callbacks, also after the interruption.</param>
    /// <param name="epochs">The values of the epochs.</param>
    /// <param name="first">The index of the first epoch.</param>
    /// <param name="cut">The number of batches and epochs after which it is interrupted; null for never.</param>
    public CutTraining(Func<Callback[]> create, IReadOnlyList<GivenEpoch> epochs, int first, int? cut)
    {
        (this.create, this.cut) = (create, cut);
        (Model, List) = Start(resuming: false);
        for (int epoch = first; epoch < first + epochs.Count && !Model.StopTraining; epoch++)
        {
            List.OnEpochBegin(epoch);
            PlayBatches(epochs[epoch - first], epoch);
            TinyModel.Fill(Model, epoch);
            List.OnEpochEnd(epoch, new Logs(epochs[epoch - first].Values.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))));
            Pass(epoch, inEpoch: false);
        }

        List.OnTrainEnd();
    }

    public TinyModel Model { get; private set; }

    public CallbackList List { get; private set; }

    private void PlayBatches(GivenEpoch given, int epoch)
    {
        for (int batch = 0; batch < given.BatchLosses.Length && !(batch > 0 && Model.StopTraining); batch++)
        {
            List.OnTrainBatchBegin(batch);
            TinyModel.Fill(Model, GivenEpoch.WeightsAfter(epoch, batch));
            List.OnTrainBatchEnd(batch, new Logs([new("loss", given.BatchLosses[batch])]));
            Pass(epoch, inEpoch: true);
        }
    }

    private void Pass(int epoch, bool inEpoch)
    {
        if (++passed != cut)
        {
            return;
        }

        using TinyModel before = Model;
        IReadOnlyList<SavedState?> states = List.SaveStates();
        (Model, List) = Start(resuming: true);
        Model.SetWeights(before.GetWeights());
        (Model.Optimizer!.LearningRate, Model.StopTraining) = (before.Optimizer!.LearningRate, before.StopTraining);
        List.LoadStates(states, epoch, inEpoch);
    }

    private (TinyModel Model, CallbackList List) Start(bool resuming)
    {
        var model = TinyModel.Create(1);
        var list = new CallbackList(create(), model, new CallbackParams { Output = TextWriter.Null, Error = TextWriter.Null },
            addHistory: true);
        if (resuming)
        {
            list.AnnounceResuming();
        }

        list.OnTrainBegin();
        return (model, list);
    }
}

using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

/// <summary>A training with given values, in which every weight equals the index of the last trained epoch.</summary>
internal sealed class PlayedTraining
{
    private readonly StringWriter output = new();

    public PlayedTraining(IEnumerable<Callback> callbacks, double learningRate = 0.5, int initialEpoch = 0)
    {
        Model = TinyModel.Create(learningRate);
        InitialEpoch = initialEpoch;
        List = new CallbackList(
            callbacks, Model, new CallbackParams { InitialEpoch = initialEpoch, Output = output, Error = TextWriter.Null },
            addHistory: true);
    }

    public Model Model { get; }

    public CallbackList List { get; }

    public int InitialEpoch { get; }

    public History History => List.History!;

    public string Output => output.ToString();

    /// <summary>The current value of every weight: after an epoch its index, unless a callback has changed it.</summary>
    public double Weights => TinyModel.Value(Model);

    public IEnumerable<string> Events => History.Events.Select(happened => $"{happened.Epoch} {happened.Kind}");

    /// <summary>Trains until the values are used up or a callback stops it.</summary>
    /// <param name="epochs">The logs of each epoch.</param>
    /// <param name="afterEpoch">Called after each epoch.</param>
    public PlayedTraining Run(IEnumerable<(string Name, double Value)[]> epochs, Action<int>? afterEpoch = null)
    {
        Model.StopTraining = false;
        List.OnTrainBegin();
        int epoch = InitialEpoch;
        foreach ((string Name, double Value)[] values in epochs)
        {
            List.OnEpochBegin(epoch);
            TinyModel.Fill(Model, epoch);
            List.OnEpochEnd(epoch, new Logs(values.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))));
            afterEpoch?.Invoke(epoch);
            epoch++;
            if (Model.StopTraining)
            {
                break;
            }
        }

        List.OnTrainEnd();
        return this;
    }

    public PlayedTraining Run(params double[] losses) => Run(losses.Select(loss => new[] { ("loss", loss) }));
}

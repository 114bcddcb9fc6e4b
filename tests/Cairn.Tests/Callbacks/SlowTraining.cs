using System.Globalization;

namespace Cairn.Tests.Callbacks;

/// <summary>A training with given values and rules in place of callbacks, in order; each sees the effects of those before it.</summary>
internal sealed class SlowTraining
{
    public SlowTraining(IReadOnlyList<CallbackRule> rules, IReadOnlyList<GivenEpoch> epochs, int first)
    {
        First = first;
        for (int epoch = first; epoch < first + epochs.Count && !Stop; epoch++)
        {
            GivenEpoch given = epochs[epoch - first];
            foreach (CallbackRule rule in rules)
            {
                At = $"{epoch}";
                rule.Begin(this, epoch);
            }

            PlayBatches(rules, given, epoch);
            (At, Weights) = ($"{epoch}", epoch);
            double rate = Rate;
            Dictionary<string, double> logs = given.Values.ToDictionary(pair => pair.Name, pair => pair.Value);
            foreach (CallbackRule rule in rules)
            {
                rule.End(this, epoch, logs);
            }

            Rates.Add(logs.GetValueOrDefault("learning_rate", rate));
            Epochs++;
        }

        foreach (CallbackRule rule in rules)
        {
            rule.Finish(this);
        }
    }

    /// <summary>The index of the first epoch.</summary>
    public int First { get; }

    /// <summary>The position of the training, as in events: epoch, or epoch/batch.</summary>
    public string At { get; private set; } = "";

    /// <summary>The actions of the rules: position, kind, old and new value.</summary>
    public List<string> Did { get; } = [];

    /// <summary>The weights in each file.</summary>
    public Dictionary<string, double> Files { get; } = [];

    /// <summary>The learning rate of each epoch, as the history has it.</summary>
    public List<double> Rates { get; } = [];

    public double Rate { get; set; } = 1;

    public double Weights { get; set; }

    public bool Stop { get; set; }

    public int Epochs { get; }

    /// <summary>A first value of NaN becomes the best value, which nothing can improve on; this gives a warning.</summary>
    public void WarnOfNaN(bool isFirst, double? value)
    {
        if (isFirst && value is double.NaN)
        {
            Did.Add($"{At} warning");
        }
    }

    private void PlayBatches(IReadOnlyList<CallbackRule> rules, GivenEpoch given, int epoch)
    {
        for (int batch = 0; batch < given.BatchLosses.Length && !(batch > 0 && Stop); batch++)
        {
            (At, Weights) = (string.Create(CultureInfo.InvariantCulture, $"{epoch}/{batch}"), GivenEpoch.WeightsAfter(epoch, batch));
            foreach (CallbackRule rule in rules)
            {
                rule.EndBatch(this, epoch, batch, given.BatchLosses[batch]);
            }
        }
    }
}

namespace Cairn.Tests.Callbacks;

/// <summary>A training of given values with rules in the place of callbacks: each in turn, each seeing what those before it did.</summary>
internal sealed class SlowTraining
{
    public SlowTraining(IReadOnlyList<CallbackRule> rules, IReadOnlyList<(string Name, double Value)[]> epochs)
    {
        for (var epoch = 0; epoch < epochs.Count && !Stop; epoch++)
        {
            foreach (var rule in rules)
            {
                rule.Begin(this, epoch);
            }

            Weights = epoch;
            var rate = Rate;
            var logs = epochs[epoch].ToDictionary(pair => pair.Name, pair => pair.Value);
            foreach (var rule in rules)
            {
                rule.End(this, epoch, logs);
            }

            Rates.Add(logs.GetValueOrDefault("learning_rate", rate));
            Epochs++;
        }

        foreach (var rule in rules)
        {
            rule.Finish(this);
        }
    }

    /// <summary>What the rules did: epoch, kind, old and new value.</summary>
    public List<string> Did { get; } = [];

    /// <summary>The weights in each file.</summary>
    public Dictionary<string, double> Files { get; } = [];

    /// <summary>The learning rate of each epoch, as the history has it.</summary>
    public List<double> Rates { get; } = [];

    public double Rate { get; set; } = 1;

    public double Weights { get; set; }

    public bool Stop { get; set; }

    public int Epochs { get; }

    /// <summary>A first value that is no number becomes the best, which nothing can beat: that is said.</summary>
    public void WarnOfNaN(int epoch, bool isFirst, double? value)
    {
        if (isFirst && value is double.NaN)
        {
            Did.Add($"{epoch} warning");
        }
    }
}

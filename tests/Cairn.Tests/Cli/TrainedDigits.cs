using Cairn.Tests.Saving;

namespace Cairn.Tests.Cli;

/// <summary>Three epochs on the built-in digits, trained once for all tests of the command.</summary>
public sealed class TrainedDigits : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TrainedDigits() => Output = CommandResult.OutputOf("train", "--epochs", "3", "--out", folder.Folder);

    public string Output { get; }

    public string Folder => folder.Folder;

    public string Model => folder["best_model.h5"];

    public string this[string name] => folder[name];

    public void Dispose() => folder.Dispose();
}

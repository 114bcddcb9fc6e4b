using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Tests.Training;

namespace Cairn.Tests.RandomModels;

/// <summary>
/// Random models, trained by Keras and here: chains of layers, and graphs with several inputs and outputs, shared parts, states and masks;
/// with sample and class weights, validation data and steps; some saved and loaded in the middle.
/// </summary>
public sealed class RandomModelTests
{
    // A file with the name of the current model, in case it crashes the process.
    private static readonly string? Progress = Environment.GetEnvironmentVariable("CAIRN_RANDOM_PROGRESS");

    public static TheoryData<string> Recordings => [.. ReferenceFile.Names("random")];

    [Theory]
    [MemberData(nameof(Recordings))]
    public void A_random_model_trains_and_predicts_as_in_Keras(string recording)
    {
        List<string> different = [];
        foreach (JsonElement recorded in ReferenceFile.Read($"random/{recording}.json").EnumerateArray())
        {
            var random = new RandomModel(JsonObject.Create(recorded)!);
            Tell($"{recording} {random.Name} begins");
            if (RandomModelComparison.Difference(random) is { } difference)
            {
                Tell($"{recording} {random.Name} DIFFERS {difference.ReplaceLineEndings(" ")} [{random.Summary}]");
                different.Add($"{random.Name}: {difference} [{random.Summary}]");
            }
        }

        Assert.True(different.Count == 0, string.Join("\n", different.Prepend($"{different.Count} differ:")));
    }

    private static void Tell(string line)
    {
        if (Progress is not null)
        {
            File.AppendAllText(Progress, line + "\n");
        }
    }
}

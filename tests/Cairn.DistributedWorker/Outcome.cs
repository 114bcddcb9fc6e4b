using System.Text.Json;
using Cairn.Distributed;

namespace Cairn.DistributedWorker;

/// <summary>What a scenario ended with in one process.</summary>
/// <param name="Weights">The weights by path.</param>
/// <param name="History">The values of the epochs by name.</param>
public sealed record Outcome(IReadOnlyDictionary<string, float[]> Weights, IReadOnlyDictionary<string, double[]> History)
{
    // Of large weights, some numbers tell whether they are the same.
    private const int MostNumbers = 10_000;
    private const int Every = 97;

    private static readonly JsonSerializerOptions WithNaN = new()
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Trains in one process, or in several.</summary>
    public static Outcome Of(Func<DataParallel?, (Model Model, History History)> train, DataParallel? distribution)
    {
        (Model model, History history) = train(distribution);
        using (model)
        {
            return new Outcome(
                model.Weights.ToDictionary(one => one.Path, one => Some(one.ToNDArray().ToArray())),
                history.Keys.ToDictionary(name => name, name => history[name].ToArray()));
        }
    }

    /// <summary>Reads an outcome.</summary>
    public static Outcome Read(string file) => JsonSerializer.Deserialize<Outcome>(File.ReadAllText(file), WithNaN)!;

    /// <summary>Writes it for the test.</summary>
    public void Write(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, WithNaN));

    private static float[] Some(float[] numbers) =>
        numbers.Length <= MostNumbers ? numbers : [.. numbers.Where((_, i) => i % Every == 0)];
}

using System.Text.Json.Nodes;
using Cairn.Optimizers.Schedules;
using Cairn.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Optimizers.Schedules;

/// <summary>Reference/optimizers/schedules.json: rates that Keras 3.16's schedules (NumPy backend) give for the steps 0, 1, 2, …</summary>
public sealed class ReferenceSchedulesTests
{
    private static readonly JsonArray Reference = JsonNode.Parse(
        File.ReadAllText(ReferenceFile.PathOf("optimizers/schedules.json")))!["cases"]!.AsArray();

    public static TheoryData<int, string> Cases =>
        [.. Reference.Select((c, i) => new TheoryDataRow<int, string>(i, $"{c!["class"]} {c["args"]!.ToJsonString()}"))];

    [Fact]
    public void Every_schedule_is_among_the_recorded_ones()
    {
        IEnumerable<string> all = typeof(LearningRateSchedule).Assembly.GetExportedTypes()
            .Where(type => type.IsSubclassOf(typeof(LearningRateSchedule)) && !type.IsAbstract).Select(type => type.Name);

        Assert.Equal([], all.Except(Reference.Select(c => c!["class"]!.GetValue<string>())));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_step_has_the_rate_of_Keras(int index, string description)
    {
        LearningRateSchedule schedule = Create(Reference[index]!["class"]!, Reference[index]!["args"]!);
        JsonArray rates = Reference[index]!["rates"]!.AsArray();
        for (int step = 0; step < rates.Count; step++)
        {
            Tolerance.Near(ReferenceRun.Number(rates[step]), schedule.At(step), 1e-7, $"{description} at step {step}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_configuration_equals_that_of_Keras_and_survives_a_round_trip(int index, string description)
    {
        JsonNode expected = Reference[index]!["config"]!;
        LearningRateSchedule schedule = Create(Reference[index]!["class"]!, Reference[index]!["args"]!);

        JsonObject written = schedule.Serialize();

        Assert.True(JsonNode.DeepEquals(Sorted(expected), Sorted(written["config"]!)), $"{description}: {written.ToJsonString()}");
        Assert.Equal(written.ToJsonString(), LearningRateSchedule.Deserialize(JsonNode.Parse(PythonJson.Write(written))!, "schedule")
            .Serialize().ToJsonString());
    }

    [Fact]
    public void Invalid_schedule_arguments_are_refused_by_name()
    {
        Assert.Equal("decaySteps", Assert.Throws<ArgumentOutOfRangeException>(() => new CosineDecay(0.1, 0)).ParamName);
        Assert.Equal("decaySteps", Assert.Throws<ArgumentOutOfRangeException>(() => new PolynomialDecay(0.1, -1)).ParamName);
        Assert.Equal("decaySteps", Assert.Throws<ArgumentOutOfRangeException>(() => new InverseTimeDecay(0.1, double.NaN, 1)).ParamName);
        Assert.Equal("firstDecaySteps", Assert.Throws<ArgumentOutOfRangeException>(() => new CosineDecayRestarts(0.1, 0)).ParamName);
        Assert.Equal("tMul", Assert.Throws<ArgumentOutOfRangeException>(() => new CosineDecayRestarts(0.1, 1, tMul: 0)).ParamName);
        Assert.Equal("values", Assert.Throws<ArgumentException>(() => new PiecewiseConstantDecay([1, 2], [0.1, 0.2])).ParamName);
        Assert.Equal("boundaries", Assert.Throws<ArgumentException>(() => new PiecewiseConstantDecay([], [0.1])).ParamName);
        Assert.Contains("2, 1", Assert.Throws<ArgumentException>(() => new PiecewiseConstantDecay([2, 1], [0.1, 0.2, 0.3])).Message);
    }

    [Fact]
    public void A_file_with_an_unknown_schedule_or_a_wrong_argument_is_refused_with_the_place()
    {
        ConfigException unknown = Assert.Throws<ConfigException>(() => Create("CosineDekay", new JsonObject()));
        Assert.Contains("Did you mean 'CosineDecay'?", unknown.Message);
        ConfigException wrong = Assert.Throws<ConfigException>(
            () => Create("CosineDecay", new JsonObject { ["initial_learning_rate"] = 1.0, ["decay_steps"] = 0 }));
        Assert.Contains("decaySteps", wrong.Message);
        ConfigException noList = Assert.Throws<ConfigException>(
            () => Create("PiecewiseConstantDecay", new JsonObject { ["boundaries"] = "1", ["values"] = new JsonArray() }));
        Assert.Contains("boundaries", noList.Message);
    }

    private static LearningRateSchedule Create(JsonNode className, JsonNode config) =>
        LearningRateSchedule.Deserialize(new JsonObject { ["class_name"] = className.DeepClone(), ["config"] = config.DeepClone() },
        "schedule");

    // Numbers as doubles and keys in order, so that 3 equals 3.0.
    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map =>
            new JsonObject(map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.Number =>
            JsonValue.Create(double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture)),
        _ => node?.DeepClone(),
    };
}

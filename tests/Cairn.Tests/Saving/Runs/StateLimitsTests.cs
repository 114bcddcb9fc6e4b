using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Saving.Runs;

namespace Cairn.Tests.Saving.Runs;

/// <summary>What a backup is given is what comes back, or the run says at once whose state it can't keep.</summary>
public sealed class StateLimitsTests
{
    [Fact]
    public void Numbers_that_JSON_does_not_have_come_back_wherever_they_are()
    {
        var values = new JsonObject
        {
            ["nan"] = double.NaN,
            ["single"] = float.PositiveInfinity,
            ["list"] = new JsonArray(1.5, double.NegativeInfinity, null),
            ["deep"] = new JsonObject { ["er"] = new JsonObject { ["nan"] = double.NaN } },
            ["looks like one"] = new JsonObject { ["$number"] = "NaN" },
            ["and like that"] = new JsonObject { ["$object"] = new JsonObject { ["$number"] = 3 } },
        };
        JsonObject read = StateJson.Read(JsonNode.Parse(StateJson.Write(values, 100).ToJsonString())!.AsObject());
        Assert.Equal(double.NaN, (double)read["nan"]!);
        Assert.Equal(double.PositiveInfinity, (double)read["single"]!);
        Assert.Equal((1.5, double.NegativeInfinity), ((double)read["list"]![0]!, (double)read["list"]![1]!));
        Assert.Null(read["list"]![2]);
        Assert.Equal(double.NaN, (double)read["deep"]!["er"]!["nan"]!);
        Assert.Equal("{\"$number\":\"NaN\"}", read["looks like one"]!.ToJsonString());
        Assert.Equal("{\"$object\":{\"$number\":3}}", read["and like that"]!.ToJsonString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_callback_whose_state_has_NaN_goes_on_with_it(bool asynchronous)
    {
        using var folder = new TemporaryFolder();
        var first = new Remembering { State = () => new JsonObject { ["value"] = double.NaN } };
        Assert.Throws<ResumedRun.DiedException>(() => Train(folder, first, asynchronous, dieAt: 3));
        var second = new Remembering { State = () => [] };
        Train(folder, second, asynchronous, null);
        Assert.Equal(double.NaN, (double)second.Loaded!["value"]!);
    }

    [Theory]
    [InlineData("deep")]
    [InlineData("half")]
    [InlineData("class")]
    public void A_state_that_cant_be_read_back_ends_the_run_by_the_name_of_its_callback(string what)
    {
        foreach (bool asynchronous in (bool[])[false, true])
        {
            using var folder = new TemporaryFolder();
            var callback = new Remembering { State = () => State(what) };
            CallbackException exception = Assert.Throws<CallbackException>(() => Train(folder, callback, asynchronous, null));
            Assert.Equal((nameof(Remembering), nameof(Callback.SaveState)), (exception.Callback, exception.Hook));
            Assert.Contains("value", exception.Message);
            Assert.Empty(Directory.EnumerateFiles(folder["backup"], ".*.cairn-tmp-*"));
        }
    }

    [Fact]
    public void States_longer_than_a_reader_takes_name_the_longest()
    {
        var snapshot = new RunSnapshot { Identity = "{}" };
        snapshot.Parts["callbacks/0"] = new SavedState(new JsonObject { ["short"] = "a" });
        snapshot.Parts["callbacks/1"] = new SavedState(new JsonObject { ["long"] = new string('b', 5000) });
        using var stream = new MemoryStream();
        RunPartException exception =
            Assert.Throws<RunPartException>(() => RunFile.Write(stream, snapshot, new FileLimits { MaximumJsonBytes = 4000 }));
        Assert.Equal("callbacks/1", exception.Part);
        Assert.Contains("at most", exception.Message);
        Assert.Equal(0, stream.Length);
    }

    private static JsonObject State(string what)
    {
        JsonNode? value = what switch
        {
            "half" => "\ud800",
            "class" => JsonValue.Create(new[] { double.NaN }),
            _ => null,
        };
        if (what == "deep")
        {
            value = new JsonArray();
            for (int i = 0; i < 600; i++)
            {
                value = new JsonArray(value);
            }
        }

        return new JsonObject { ["value"] = value };
    }

    private static void Train(TemporaryFolder folder, Callback callback, bool asynchronous, int? dieAt)
    {
        using var model = new Sequential([new Input([1]), new Dense(1), new Bomb(dieAt)], seed: 1);
        model.Compile("sgd", "mse");
        model.Fit(
            new float[8, 1], new float[8, 1], batchSize: 2, epochs: 2, verbose: 0,
            callbacks: [callback, new BackupAndRestore(folder["backup"], 1, asynchronous: asynchronous)]);
    }

    private sealed class Remembering : Callback
    {
        public required Func<JsonObject> State { get; init; }

        public JsonObject? Loaded { get; private set; }

        public override SavedState SaveState() => new(State());

        public override void LoadState(SavedState state) => Loaded = state.Values;
    }
}

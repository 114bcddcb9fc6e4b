using System.Text;
using Cairn.Callbacks;
using Cairn.Cli;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Saving.Hdf5;

namespace Cairn.Tests.Saving;

/// <summary>Texts, names and numbers of a stranger's file that are made to hurt whoever reads them.</summary>
public sealed class HostileTextTests
{
    private const string Half = "\\ud800";

    [Theory]
    [InlineData("{\"a\": \"" + Half + "\"}")]
    [InlineData("{\"" + Half + "\": 1}")]
    [InlineData("{\"a\": [\"" + Half + "\"]}")]
    [InlineData("{\"a\": \"\\udc00\\ud800\"}")]
    public void Half_of_a_character_is_no_text(string json)
    {
        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => ModelJson.ParseObject(json, "m.json", null));
        Assert.Contains("unpaired surrogate", exception.Message);
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["h.json"], json);
        Assert.Throws<ModelFormatException>(() => History.Load(folder["h.json"]));
        Assert.Throws<ArgumentException>(() => CallbackSerialization.DeserializeList($"[{json}]"));
    }

    [Fact]
    public void Whole_characters_in_escapes_are_read() =>
    Assert.Equal("😀\n", (string)ModelJson.ParseObject("{\"a\": \"\\ud83d\\ude00\\n\"}", null, null)["a"]!);

    [Fact]
    public void What_inspect_shows_of_a_file_does_nothing_to_the_terminal()
    {
        using var folder = new TemporaryFolder();
        WriteSafetensors(folder["w.safetensors"], "\\u001b]0;owned\\u0007\\u202egnp.\\n\\u009b2J");
        (string output, string error) = Run("inspect", folder["w.safetensors"]);
        Assert.Contains("\\u001b]0;owned\\u0007\\u202egnp.\\u000a\\u009b2J", output);
        RequireHarmless(output + error);

        File.WriteAllText(folder["m.json"], "{\"class_name\": \"\\u001b[2J\", \"config\": {\"name\": \"\\u001b[31m\"}}");
        (output, error) = Run("inspect", folder["m.json"]);
        RequireHarmless(output + error);
    }

    [Fact]
    public void Messages_do_not_carry_a_name_as_long_as_the_file()
    {
        using var folder = new TemporaryFolder();
        string name = new('n', 1_000_000);
        File.WriteAllText(folder["m.json"], $"{{\"class_name\": \"{name}\", \"config\": {{\"name\": \"{name}\"}}}}");
        Short(Assert.ThrowsAny<ModelFormatException>(() => Model.FromJson(File.ReadAllText(folder["m.json"]))));
        Short(new ModelFormatException(name, "file", name));
        File.WriteAllText(folder["h.json"], $"{{\"epochs\": [0], \"metrics\": {{\"{name}\": [\"{name}\"]}}}}");
        Short(Assert.Throws<ModelFormatException>(() => History.Load(folder["h.json"])));
        Short(Assert.ThrowsAny<ArgumentException>(() => CallbackSerialization.DeserializeList($"[{{\"class_name\": \"{name}\"}}]")));
        Short(Assert.ThrowsAny<ArgumentException>(() =>
            CallbackSerialization.DeserializeList($"[{{\"class_name\": \"CSVLogger\", \"config\": {{\"{name}\": 1}}}}]")));
        File.WriteAllText(folder["d.csv"], $"a,{name}\n1,x\n");
        (_, string error) = Run("train", "--data", folder["d.csv"], "--target", "a", "--out", folder["out"]);
        Assert.True(error.Length < 10_000, $"{error.Length} characters");

        static void Short(Exception exception) =>
            Assert.True(exception.Message.Length < 10_000,
            $"{exception.Message.Length} characters: {exception.Message[..Math.Min(200, exception.Message.Length)]}");
    }

    [Theory]
    [InlineData(16, 126)]
    [InlineData(12, 22)]
    [InlineData(14, 1)]
    [InlineData(8, 1)]
    [InlineData(1, 0)]
    public void Floats_that_are_laid_out_in_another_way_are_refused(int at, byte value)
    {
        byte[] bytes = File.ReadAllBytes(new GoldenFile("mlp").LegacyPath);
        byte[] type = [0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];
        int changed = 0;
        for (int place = bytes.AsSpan().IndexOf(type); place >= 0;)
        {
            bytes[place + at] = value;
            changed++;
            int next = bytes.AsSpan(place + type.Length).IndexOf(type);
            place = next < 0 ? -1 : place + type.Length + next;
        }

        Assert.True(changed > 0);
        Assert.Contains("IEEE 754", Assert.Throws<ModelFormatException>(() => LegacyHdf5.Read(new MemoryStream(bytes), "m.h5")).Message);
    }

    [Fact]
    public void A_table_of_many_columns_is_opened_at_once()
    {
        TimeSpan narrow = Opened(10_000);
        TimeSpan wide = Opened(100_000);

        // A linear search for each column would take a hundred times as long, 20 s.
        Assert.True(wide < (30 * narrow) + TimeSpan.FromSeconds(5), $"{wide} for 100,000 columns, {narrow} for 10,000");
    }

    private static TimeSpan Opened(int columns)
    {
        using var folder = new TemporaryFolder();
        string names = string.Join(",", Enumerable.Range(0, columns).Select(i => $"column {i}"));
        File.WriteAllText(folder["wide.csv"], names + "\n" + string.Join(",", Enumerable.Repeat("1", columns)) + "\n");
        using Sequential model = new([new Input([columns - 1]), new Dense(1)], seed: 1);
        model.Compile("sgd", "mse");
        var clock = System.Diagnostics.Stopwatch.StartNew();
        model.Fit(Dataset.FromCsv(folder["wide.csv"], "column 7", batchSize: 1), verbose: 0);
        return clock.Elapsed;
    }

    [Fact]
    public void A_history_takes_a_small_multiple_of_its_file()
    {
        using var folder = new TemporaryFolder();
        const int Epochs = 500_000;
        string zeros = string.Join(",", Enumerable.Repeat("0", Epochs));
        File.WriteAllText(folder["h.json"], $"{{\"epochs\": [{zeros}], \"metrics\": {{\"loss\": [{zeros}], \"a\": [{zeros}], \"b\": "
            + $"[{zeros}]}}}}");
        long before = GC.GetAllocatedBytesForCurrentThread();
        var history = History.Load(folder["h.json"]);
        long taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(Epochs, history["loss"].Count);
        Assert.True(taken < 30 * new FileInfo(folder["h.json"]).Length, $"{taken} bytes for {new FileInfo(folder["h.json"]).Length}");
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "infinity")]
    public void A_label_that_is_no_number_is_no_class(float label, string shown)
    {
        using Sequential model = new([new Input([2]), new Dense(3, activation: "softmax")], seed: 1);
        model.Compile("sgd", "sparse_categorical_crossentropy");
        float[] labels = [0, 1, label, 2];
        foreach (bool allowNaN in (bool[])[false, true])
        {
            ArgumentException exception =
                Assert.Throws<ArgumentException>(() => model.Fit(new float[4, 2], labels, verbose: 0, allowNaN: allowNaN));
            Assert.Contains($"{shown} as the label of sample 2", exception.Message);
        }

        Assert.Contains("as the label of sample 2",
            Assert.ThrowsAny<ArgumentException>(() => model.Fit([new Batch(new float[4, 2], labels)], verbose: 0)).Message);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void A_class_weight_is_a_finite_number(double weight)
    {
        using Sequential model = new([new Input([2]), new Dense(3, activation: "softmax")], seed: 1);
        model.Compile("sgd", "sparse_categorical_crossentropy");
        var weights = new Dictionary<int, double> { [0] = 1, [2] = weight };
        foreach (Action act in (Action[])
        [
            () => model.Fit(new float[4, 2], new int[4], verbose: 0, classWeight: weights),
            () => model.Fit([new Batch(new float[4, 2], new int[4])], verbose: 0, classWeight: weights),
            () => model.TrainOnBatch(new float[4, 2], new int[4], classWeight: weights),
        ])
        {
            ArgumentException exception = Assert.Throws<ArgumentException>(act);
            Assert.Contains("classWeight gives class 2 the weight", exception.Message);
        }
    }

    private static void RequireHarmless(string shown) =>
        Assert.DoesNotContain(shown, character => char.IsControl(character) && character is not ('\n' or '\r'));

    private static (string Output, string Error) Run(params string[] args)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        CommandLine.Run(args, output, error);
        return (output.ToString(), error.ToString());
    }

    private static void WriteSafetensors(string path, string name)
    {
        byte[] header = Encoding.UTF8.GetBytes($"{{\"{name}\": {{\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}}}}");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)header.Length), .. header, 0, 0, 0, 0]);
    }
}

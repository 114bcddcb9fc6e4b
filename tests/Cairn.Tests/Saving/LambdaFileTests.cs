using System.Text;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Saving.Hdf5;
using Xunit;
using static TorchSharp.torch;

namespace Cairn.Tests.Saving;

public sealed class LambdaFileTests
{
    private static readonly NDArray X = new float[,] { { 255, 0, 51 } };

    [Fact]
    public void A_Lambda_of_a_file_is_supplied_in_one_line_and_saved_unchanged()
    {
        using var folder = new TemporaryFolder();
        string path = Save(folder["m.keras"]);

        using var model = Model.Load(path, lambdas: new() { ["scale"] = x => (x / 127.5) - 1 });
        Assert.Equal([1f, -1, -0.6f], model.Predict(X, verbose: Verbosity.Silent).ToArray().Select(v => MathF.Round(v, 5)));
        Assert.Empty(model.LoadWarnings);

        model.Save(folder["again.keras"]);
        using var again = Model.Load(folder["again.keras"], lambdas: new() { ["scale"] = x => x });
        Assert.Equal([255, 0, 51], again.Predict(X, verbose: Verbosity.Silent).ToArray());
        Assert.Contains("__lambda__", again.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Several_inputs_and_a_class_without_weights_take_a_function_too()
    {
        const string Json = """
            {"class_name": "Functional", "config": {"name": "m", "layers": [
                {"class_name": "InputLayer", "name": "a", "config": {"batch_shape": [null, 3], "name": "a"}, "inbound_nodes": []},
                {"class_name": "InputLayer", "name": "b", "config": {"batch_shape": [null, 3], "name": "b"}, "inbound_nodes": []},
                {"module": null, "class_name": "Distance", "registered_name": "mine>Distance", "name": "d", "config": {"name": "d", "power": 2}, "inbound_nodes": [
                  {"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["a", 0, 0]}}], "kwargs": {
                    "other": {"class_name": "__keras_tensor__", "config": {"keras_history": ["b", 0, 0]}}, "squared": true}}]}],
              "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["d", 0, 0]]}}
            """;
        var functions = new LambdaFunctions { { "d", (a, b) => (a - b).abs() } };
        using IDisposable scope = functions.Scope();
        using var model = (Functional)Model.FromJson(Json);

        Assert.Equal([254, 2, 48], model.Predict(NDArrays.Create([X, new float[,] { { 1, 2, 3 } }]), verbose: Verbosity.Silent).ToArray());
        JsonNode written = JsonNode.Parse(model.ToJson())!["config"]!["layers"]![2]!;
        Assert.Equal("mine>Distance", written["registered_name"]!.GetValue<string>());
        Assert.Equal(2, written["config"]!["power"]!.GetValue<int>());
        Assert.True(written["inbound_nodes"]![0]!["kwargs"]!["squared"]!.GetValue<bool>());
        Assert.NotNull(written["inbound_nodes"]![0]!["kwargs"]!["other"]);
    }

    [Fact]
    public void The_error_shows_the_line_to_add_and_what_the_code_seems_to_compute()
    {
        using var folder = new TemporaryFolder();
        string path = Save(folder["m.keras"]);

        string message = Assert.Throws<ModelFormatException>(() => Model.Load(path)).Message;
        Assert.Contains("never run. It seems to compute (x / 127.5) - 1.", message, StringComparison.Ordinal);
        Assert.Contains("lambdas: new() { [\"scale\"] = x => … }", message, StringComparison.Ordinal);
        Assert.True(message.Length < 500, message);

        using var unused = Model.Load(path, lambdas: new() { ["scale"] = x => x, ["scael"] = x => x });
        Assert.Contains("no Lambda layer 'scael'", Assert.Single(unused.LoadWarnings), StringComparison.Ordinal);
        Assert.Contains("takes 2 tensors",
            Assert.Throws<ModelFormatException>(() => Model.Load(path, lambdas: new() { { "scale", (a, b) => a } })).Message,
            StringComparison.Ordinal);
    }

    // The forms in most files, as compiled by Python 3.8: two bytes per instruction.
    [Theory]
    [InlineData("7C 00 64 01 1B 00 64 02 18 00 53 00", "(x / 127.5) - 1")]
    [InlineData("74 00 A0 01 7C 00 64 03 19 00 7C 00 64 02 19 00 18 00 A1 01 53 00", "K.abs(x[0] - x[1])")]
    [InlineData("7C 00 64 00 64 00 85 02 64 04 66 02 19 00 53 00", "x[:, -1]")]
    [InlineData("74 00 6A 02 7C 00 64 02 64 05 8D 02 53 00", "K.sum(x, axis=1)")]
    [InlineData("7C 00 0B 00 53 00", "-x")]
    [InlineData("7C 00 5C 02 7D 01 7D 02 7C 01 7C 02 14 00 53 00", "x[0] * x[1]")]
    public void Common_code_is_described_as_a_formula(string code, string formula) =>
    Assert.Equal($" It seems to compute {formula}.", PythonFormula.Describe(Convert.ToBase64String(Marshalled(code))));

    [Fact]
    public void Code_of_another_version_is_described_by_its_names_and_numbers()
    {
        Assert.Equal(" Its code uses the names K, abs, sum and contains the numbers 127.5, 1, 0, -1.",
            PythonFormula.Describe(Convert.ToBase64String(Marshalled("97 00 7C 00 53 00"))));
        Assert.Equal("", PythonFormula.Describe("no code"));
    }

    [Fact]
    public void Damaged_code_is_never_executed_and_never_crashes()
    {
        byte[] whole = Marshalled("7C 00 64 01 1B 00 64 02 18 00 53 00");
        var random = new Random(1);
        for (int i = 0; i < 3000; i++)
        {
            byte[] damaged = [.. whole.Take(random.Next(1, whole.Length + 1))];
            for (int n = 0; n < random.Next(4); n++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            Assert.True(PythonFormula.Describe(Convert.ToBase64String(damaged)).Length < 600);
        }
    }

    [Fact]
    public void A_loss_and_a_metric_of_a_file_are_given_as_functions()
    {
        using var folder = new TemporaryFolder();
        using var model = new Sequential([new Input([3]), new Dense(1, kernelInitializer: "ones")], seed: 1);
        model.Compile("sgd", "mse", ["mae"]);
        model.Save(folder["m.keras"]);
        string path = Edited(folder["m.keras"], folder["own.keras"], config =>
        {
            config["compile_config"]!["loss"] = "psnr_loss";
            config["compile_config"]!["metrics"] = new JsonArray("gap");
        });

        using var loaded = Model.Load(path,
            customObjects: new() { { "psnr_loss", (t, y) => (t - y).square().mean([-1]) }, { "gap", (t, y) => (t - y).abs() } });
        Logs logs = loaded.Evaluate(X, new float[,] { { 300 } }, verbose: Verbosity.Silent);

        Assert.Equal(36, logs["loss"], 1e-4);
        Assert.Equal(6, logs["gap"], 1e-4);
        loaded.Save(folder["again.keras"]);
        using var again = Model.Load(folder["again.keras"]);
        Assert.False(again.Compiled);
    }

    private static string Save(string path)
    {
        using var model = new Sequential([new Input([3]), new Rescaling(1, name: "scale")]);
        model.Save(path + ".plain.keras");
        return Edited(path + ".plain.keras", path, config =>
        {
            var layer = (JsonObject)config["config"]!["layers"]![1]!;
            layer["class_name"] = "Lambda";
            layer["config"] = new JsonObject
            {
                ["name"] = "scale",
                ["trainable"] = true,
                ["dtype"] = "float32",
                ["function"] = new JsonObject
                {
                    ["class_name"] = "__lambda__",
                    ["config"] = new JsonObject
                    {
                        ["code"] = Convert.ToBase64String(Marshalled("7C 00 64 01 1B 00 64 02 18 00 53 00")),
                        ["defaults"] = null,
                        ["closure"] = null
                    },
                },
                ["arguments"] = new JsonObject(),
            };
        });
    }

    private static string Edited(string from, string to, Action<JsonObject> change)
    {
        using var archive = KerasArchive.Read(from);
        change(archive.Config);
        List<WeightGroup> groups = [.. archive.Weights.Values];
        using FileStream stream = File.Create(to);
        KerasArchive.Write(stream, archive.Config, new Dictionary<string, string>(), WeightsHdf5.MostBytes(groups),
            member => WeightsHdf5.Write(member, groups));
        return to;
    }

    // A function of x with the constants None, 127.5, 1, 0, -1 and ('axis',), as Python 3.8 marshals it.
    private static byte[] Marshalled(string code)
    {
        byte[] instructions = Convert.FromHexString(code.Replace(" ", "", StringComparison.Ordinal));
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write((byte)0xe3);
        foreach (int number in (int[])[1, 0, 0, 3, 3, 67])
        {
            writer.Write(number);
        }

        writer.Write((byte)'s');
        writer.Write(instructions.Length);
        writer.Write(instructions);
        writer.Write((byte)')');
        writer.Write((byte)6);
        writer.Write((byte)'N');
        writer.Write((byte)'g');
        writer.Write(127.5);
        Int(1);
        Int(0);
        Int(-1);
        writer.Write((byte)')');
        writer.Write((byte)1);
        Text("axis");
        Texts("K", "abs", "sum");
        Texts("x", "a", "b");
        return bytes.ToArray();

        void Int(int number)
        {
            writer.Write((byte)'i');
            writer.Write(number);
        }

        void Text(string text)
        {
            writer.Write((byte)'z');
            writer.Write((byte)text.Length);
            writer.Write(Encoding.ASCII.GetBytes(text));
        }

        void Texts(params string[] texts)
        {
            writer.Write((byte)')');
            writer.Write((byte)texts.Length);
            foreach (string text in texts)
            {
                Text(text);
            }
        }
    }
}

using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Saving;
using Cairn.Saving.Runs;

namespace Cairn.Tests.Saving.Runs;

/// <summary>The file of a run: everything written is read back, and changed files are rejected.</summary>
public sealed class RunFileTests
{
    [Fact]
    public void Everything_written_is_read_back_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        Write(folder["a"]);
        RunSnapshot read = RunFile.Read(folder["a"]);
        SavedState state = read.Part("callbacks/0");
        Assert.Equal("{\"x\":1}", read.Identity);
        Assert.Null(read.Parts["callbacks/1"]);
        Assert.Equal((double.NaN, double.NegativeInfinity, 0.1),
            (state.GetDouble("nan"), state.GetDouble("low"), state.GetDouble("tenth")));
        Assert.Equal((long.MinValue, true, "ä\n", null),
            (state.GetInt64("least"), state.GetBoolean("flag"), state.GetStringOrNull("text"), state.GetStringOrNull("none")));
        Assert.Equal([1.5, double.NaN, -0.0], state.GetDoubles("doubles"));
        Assert.Equal(BitConverter.DoubleToInt64Bits(-0.0), BitConverter.DoubleToInt64Bits(state.GetDoubles("doubles")[2]));
        Assert.Equal([true, false], (bool[])state.GetArray("bools").SourceArray!);
        Assert.Equal([long.MaxValue], (long[])state.GetArray("longs").SourceArray!);
        Assert.Equal([2, 2], state.GetArray("grid").Shape.ToArray());
        Assert.Equal([1, 2, 3, 4], state.GetArray("grid").ToArray());
        Assert.Equal([7, 8], state.GetArraysOrNull("list")!.Select(a => a.ToArray()[0]));
        Assert.Equal(3.5f, read.Variables.Single().ToSingles()[1]);
    }

    [Fact]
    public void A_file_that_lost_or_changed_any_byte_is_refused()
    {
        using var folder = new TemporaryFolder();
        Write(folder["a"]);
        byte[] whole = File.ReadAllBytes(folder["a"]);
        for (int at = 0; at < whole.Length; at += at < 64 ? 1 : 7)
        {
            Refused(folder, whole[..at]);
            byte[] changed = [.. whole];
            changed[at] ^= 0x10;
            Refused(folder, changed);
        }

        Refused(folder, [.. whole, 0]);
    }

    [Theory]
    [InlineData("{}", "'parts' is missing")]
    [InlineData("{\"parts\": {}}", "'variables' is missing")]
    [InlineData("{\"parts\": {}, \"variables\": [1]}", "the entry of an array is not an object")]
    [InlineData("{\"parts\": {}, \"variables\": [{\"name\": \"a\", \"dtype\": \"float32\", \"shape\": [4000000000, "
        + "4000000000, 4]}]}", "invalid")]
    [InlineData("{\"parts\": {}, \"variables\": [{\"name\": \"a\", \"dtype\": \"float32\", \"shape\": [1000]}]}",
        "more than are left in the file")]
    [InlineData("{\"parts\": {}, \"variables\": [{\"name\": \"a\", \"dtype\": \"float32\", \"shape\": [-1]}]}", "negative")]
    [InlineData("{\"parts\": {}, \"variables\": [{\"name\": \"a\", \"dtype\": \"complex\", \"shape\": [1]}]}", "complex")]
    [InlineData("{\"parts\": {\"run\": {\"values\": 3}}, \"variables\": []}", "'values' is missing")]
    [InlineData("not JSON", "invalid JSON")]
    public void A_hostile_file_with_a_right_checksum_is_refused_too(string text, string problem)
    {
        using var folder = new TemporaryFolder();
        byte[] json = System.Text.Encoding.UTF8.GetBytes(text);
        byte[] content = [.. "CairnRun"u8, 3, 0, 0, 0, 0, 0, 0, 0, .. BitConverter.GetBytes((long)json.Length), .. json];
        File.WriteAllBytes(folder["a"], [.. content, .. System.IO.Hashing.XxHash128.Hash(content)]);
        Assert.Contains(problem, Assert.Throws<ModelFormatException>(() => RunFile.Read(folder["a"])).Message);
    }

    private static void Refused(TemporaryFolder folder, byte[] bytes)
    {
        File.WriteAllBytes(folder["b"], bytes);
        Assert.Throws<ModelFormatException>(() => RunFile.Read(folder["b"]));
    }

    private static void Write(string path)
    {
        var state = new SavedState();
        state.Set("nan", double.NaN);
        state.Set("low", double.NegativeInfinity);
        state.Set("tenth", 0.1);
        state.Set("least", long.MinValue);
        state.Set("flag", value: true);
        state.Set("text", "ä\n");
        state.Set("none", (string?)null);
        state.Values["nested"] = new JsonObject { ["a"] = new JsonArray(1, 2) };
        state.Arrays["doubles"] = new double[] { 1.5, double.NaN, -0.0 };
        state.Arrays["bools"] = new[] { true, false };
        state.Arrays["longs"] = new[] { long.MaxValue };
        state.Arrays["grid"] = new float[,] { { 1, 2 }, { 3, 4 } };
        state.Set("list", [NDArray.From(new float[] { 7 }), NDArray.From(new byte[] { 8 })]);
        var snapshot = new RunSnapshot
        {
            Identity = "{\"x\":1}",
            Parts = new() { ["callbacks/0"] = state, ["callbacks/1"] = null },
            Variables = [WeightData.FromSingles("w", [2], new float[] { 1, 3.5f })],
        };
        using FileStream stream = File.Create(path);
        RunFile.Write(stream, snapshot);
    }
}

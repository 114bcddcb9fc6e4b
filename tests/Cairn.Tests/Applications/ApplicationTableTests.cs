using System.Text.Json;
using Cairn.Tests.Training;

namespace Cairn.Tests;

// Reference/applications/table.json contains the models that Keras 3.16 builds (record.py): 39 functions with default and other arguments.
public sealed class ApplicationTableTests
{
    // The weights of larger models, one of which takes 1.4 GB, are only created with CAIRN_APPLICATIONS=1; their graphs are always
    // compared.
    private const long Light = 6_000_000;

    private static readonly bool All = Environment.GetEnvironmentVariable("CAIRN_APPLICATIONS") == "1";
    private static readonly Dictionary<string, JsonElement> Table =
        ReferenceFile.Read("applications/table.json").EnumerateArray().ToDictionary(row => row.GetProperty("name").GetString()!);

    public static TheoryData<string> Names => [.. Table.Keys];

    public static TheoryData<string> LightNames =>
        [.. Table.Keys.Where(name => All || Table[name].GetProperty("parameters").GetInt64() <= Light)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Layers_and_shapes_are_those_of_Keras(string name)
    {
        JsonElement row = Table[name];
        using Functional model = ApplicationText.Make(row.GetProperty("function").GetString()!, row.GetProperty("arguments"));

        Assert.Equal(row.GetProperty("model").GetString(), model.Name);
        Assert.Equal(row.GetProperty("layers").GetString(), ApplicationText.Hash(ApplicationText.Layers(model)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Configurations_are_those_of_Keras(string name)
    {
        JsonElement row = Table[name];
        using Functional model = ApplicationText.Make(row.GetProperty("function").GetString()!, row.GetProperty("arguments"));

        Assert.Equal(row.GetProperty("config").GetString(), ApplicationText.Hash(ApplicationText.Config(model)));
    }

    [Theory]
    [MemberData(nameof(LightNames))]
    public void Weights_have_the_paths_and_shapes_of_Keras(string name)
    {
        JsonElement row = Table[name];
        using Functional model = ApplicationText.Make(row.GetProperty("function").GetString()!, row.GetProperty("arguments"));

        Assert.Equal(row.GetProperty("parameters").GetInt64(), model.Weights.Sum(weight => weight.Shape.ElementCount));
        Assert.Equal(row.GetProperty("weights").GetString(), ApplicationText.Hash(ApplicationText.Weights(model)));
    }

    [Fact]
    public void Every_function_of_keras_applications_is_there()
    {
        string[] ours = [.. typeof(Applications).GetMethods().Where(m => m.ReturnType == typeof(Functional)).Select(m => m.Name)];

        Assert.Equal(Table.Values.Select(row => row.GetProperty("function").GetString()!).Distinct().Order(), ours.Order());
    }
}

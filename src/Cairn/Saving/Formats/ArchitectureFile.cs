using System.Text;
using System.Text.Json.Nodes;

namespace Cairn.Saving;

/// <summary>The JSON of a model's layers, without weights, as written by <c>to_json</c>.</summary>
internal sealed class ArchitectureFile : ModelFile
{
    public override IReadOnlyList<string> Endings => [".json"];

    public override bool HoldsModel => false;

    public override bool HoldsWeights => false;

    /// <summary>The JSON object in a file; null if the file does not start like JSON, or is not valid JSON.</summary>
    public static JsonObject? TryReadJson(WeightSource file)
    {
        FileLimits limits = FileLimits.Current;
        Span<byte> start = stackalloc byte[(int)Math.Min(ForeignFile.StartBytes, file.Length)];
        file.Read(0, start);
        if (Encoding.Latin1.GetString(start).AsSpan().TrimStart() is not ['{', ..] || file.Length > limits.MaximumJsonBytes)
        {
            return null;
        }

        byte[] text = new byte[file.Length];
        file.Read(0, text);
        try
        {
            return ModelJson.ParseObject(text, file.FileName, null, limits);
        }
        catch (ModelFormatException)
        {
            return null;
        }
    }

    public override Model Load(string path, bool compile) => throw WithoutWeights(path);

    public override void LoadWeights(Model model, string path, WeightLoading loading) => throw WithoutWeights(path);

    public override ListedWeights List(string path) => throw WithoutWeights(path);

    public override IModelSnapshot Prepare(Model model, IReadOnlyDictionary<string, string>? remarks, Func<Variable, WeightData> read)
    {
        byte[] text = Encoding.UTF8.GetBytes(model.ToJson());
        return new FileSnapshot(stream => stream.Write(text));
    }

    protected override bool Recognizes(WeightSource file) => TryReadJson(file) is { } json && json.ContainsKey("class_name");

    private static ModelFormatException WithoutWeights(string path) =>
        new("the file contains the layers of a model without weights; pass its text to Model.FromJson.", path);
}

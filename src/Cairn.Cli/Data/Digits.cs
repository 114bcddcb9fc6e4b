namespace Cairn.Cli.Data;

/// <summary>The handwritten digits embedded in the command.</summary>
internal static class Digits
{
    public const double LargestPixel = 16;
    public const string Attribution =
        "\"Optical Recognition of Handwritten Digits\", E. Alpaydin and C. Kaynak, 1998, UCI Machine Learning Repository, CC BY 4.0";

    private const string Resource = "digits.csv";

    public static DataSet Load(bool withTarget)
    {
        using Stream stream = typeof(Digits).Assembly.GetManifestResourceStream(Resource)!;
        CsvTable table = CsvFile.Read(stream, Resource, TargetChoice.LastColumn);
        return new DataSet("the built-in handwritten digits (8×8 pixels)", table.Values, [table.Names.Length],
            withTarget ? table.Target : null, null)
        {
            Attribution = Attribution,
        };
    }
}

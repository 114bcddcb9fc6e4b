using System.Globalization;
using Cairn.Data;
using Cairn.Saving;

namespace Cairn.Cli.Data;

/// <summary>Reads the data given by the options.</summary>
internal static class DataSource
{
    /// <summary>Reads rows with targets.</summary>
    /// <param name="data">A CSV or <c>.npy</c> file; null for the built-in digits.</param>
    /// <param name="target">The column to predict (null: the last), or a <c>.npy</c> file with one entry per row.</param>
    /// <exception cref="CommandException">A file does not exist, or the files do not match.</exception>
    public static DataSet WithTarget(string? data, string? target)
    {
        if (data is null)
        {
            return target is null or "digit" ? Digits.Load(withTarget: true)
                : throw new CommandException("--target needs --data, the file with that column");
        }

        if (!IsNpy(data))
        {
            return FromTable(CsvFile.Read(data, new TargetChoice(target)));
        }

        if (target is null || !IsNpy(target))
        {
            throw new CommandException($"--data '{data}' needs --target FILE.npy with one entry for each of its rows");
        }

        return WithTarget(Rows(data), target);
    }

    /// <summary>Reads rows without targets.</summary>
    /// <param name="data">A CSV or <c>.npy</c> file.</param>
    /// <param name="leaveOut">The name of a CSV column that is not an input, or null.</param>
    /// <exception cref="CommandException">The file does not exist or is invalid.</exception>
    public static DataSet InputsOnly(string data, string? leaveOut) => IsNpy(data)
        ? Rows(data)
        : FromTable(CsvFile.Read(data, leaveOut is null ? TargetChoice.None : new TargetChoice(leaveOut)));

    public static bool IsNpy(string path) => path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase);

    private static DataSet FromTable(CsvTable table) => new($"'{table.Path}'", table.Values, [table.Names.Length], table.Target, null);

    private static DataSet Rows(string path)
    {
        NpyArray array = Read(path);
        if (array.Shape.Length == 0 || array.Shape.Contains(0))
        {
            throw new CommandException($"'{path}' has no rows; its shape is {(Shape)array.Shape}");
        }

        Shape sample = array.Shape.Length == 1 ? [1] : array.Shape[1..];
        float[] values = array.ToSingles();
        int wrong = Array.FindIndex(values, value => !float.IsFinite(value));
        if (wrong >= 0)
        {
            throw new CommandException(
                $"'{path}', row {wrong / sample.ElementCount} (from 0): {values[wrong].ToString(CultureInfo.InvariantCulture)} is not a "
                    + "finite number");
        }

        return new DataSet($"'{path}'", values, sample, null, null);
    }

    private static DataSet WithTarget(DataSet rows, string path)
    {
        NpyArray array = Read(path);
        if (array.Shape.Length is 0 or > 2 || array.Shape[0] != rows.Rows)
        {
            throw new CommandException($"'{path}' has the shape {(Shape)array.Shape}; {rows.Name} has {rows.Rows} rows, and each "
                + "needs one entry");
        }

        if (array.Shape is [_, > 1])
        {
            return rows with { TargetNumbers = NDArray.From(array.ToSingles(), array.Shape) };
        }

        string name = Path.GetFileName(path);
        return rows with { Target = new TargetColumn(name, Texts(array), row => $"'{path}', row {row} (from 0)") };
    }

    private static string[] Texts(NpyArray array) => array.DType is WeightType.Float16 or WeightType.Float32 or WeightType.Float64
        ? Array.ConvertAll(array.ToSingles(), value => value.ToString(CultureInfo.InvariantCulture))
        : Array.ConvertAll(array.ToInt64s(), value => value.ToString(CultureInfo.InvariantCulture));

    private static NpyArray Read(string path) =>
        File.Exists(path) ? NpyFile.Read(path) : throw new CommandException($"there is no file '{path}'");
}

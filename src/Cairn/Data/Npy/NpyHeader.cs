using System.Globalization;
using System.Text.RegularExpressions;
using Cairn.Saving;

namespace Cairn.Data;

/// <summary>The text in front of the data of a <c>.npy</c> file: a Python dictionary with type, order and shape.</summary>
internal sealed partial record NpyHeader(string DType, long[] Shape)
{
    private const int MaximumRank = 32;

    private static readonly Dictionary<string, string> Types = new()
    {
        ["<f2"] = WeightType.Float16,
        ["<f4"] = WeightType.Float32,
        ["<f8"] = WeightType.Float64,
        ["|i1"] = WeightType.Int8,
        ["<i2"] = WeightType.Int16,
        ["<i4"] = WeightType.Int32,
        ["<i8"] = WeightType.Int64,
        ["|u1"] = WeightType.UInt8,
        ["<u2"] = WeightType.UInt16,
        ["<u4"] = WeightType.UInt32,
        ["<u8"] = WeightType.UInt64,
        ["|b1"] = WeightType.Bool,
    };

    public static NpyHeader Parse(string text, string? fileName)
    {
        if (StructureEntry().IsMatch(text))
        {
            throw Failure("the elements are records of several fields; save each field as an array of its own, x['field'].", fileName);
        }

        string type = Value(TypeEntry(), text, "'descr' (the element type)", fileName);
        if (type.StartsWith('|') && type.EndsWith('O'))
        {
            throw Failure("the elements are Python objects ('|O'), which only Python can unpickle; save numbers, such as "
                + "x.astype('float32').", fileName);
        }

        bool isFortran = Value(OrderEntry(), text, "'fortran_order'", fileName) == "True";
        string[] dimensions = Value(ShapeEntry(), text, "'shape'", fileName)
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (!Types.TryGetValue(type, out string? dtype))
        {
            throw Failure(
                $"elements of type '{type}'; known are {string.Join(", ", Types.Keys)} (save with x.astype('float32')).", fileName);
        }

        if (dimensions.Length > MaximumRank)
        {
            throw Failure($"{dimensions.Length} dimensions; at most {MaximumRank} are allowed.", fileName);
        }

        long[] shape = Array.ConvertAll(dimensions, dimension =>
            long.TryParse(dimension, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
                ? value
                : throw Failure($"'{dimension}' is no dimension.", fileName));
        if (isFortran && shape.Count(dimension => dimension > 1) > 1)
        {
            throw Failure("the array is in Fortran order; save it with np.ascontiguousarray(x).", fileName);
        }

        return new(dtype, shape);
    }

    public static string Format(string dtype, long[] shape)
    {
        string type = Types.First(entry => entry.Value == dtype).Key;
        string tuple = shape.Length == 1 ? $"({shape[0]},)" : $"({string.Join(", ", shape)})";
        return $"{{'descr': '{type}', 'fortran_order': False, 'shape': {tuple}, }}";
    }

    /// <summary>Bytes of the data that must follow, refused when more than an array can hold.</summary>
    public int ByteCount(string? fileName) => (int)ByteCount(fileName, Array.MaxLength);

    /// <summary>Bytes of the data that must follow, refused when more than <paramref name="most"/>.</summary>
    public long ByteCount(string? fileName, long most)
    {
        var bytes = (Int128)WeightType.SizeOf(DType);
        foreach (long dimension in Shape)
        {
            bytes *= Math.Max(dimension, 1);
            if (bytes > most)
            {
                throw Failure($"the shape [{string.Join(", ", Shape)}] stands for more than {most} bytes.", fileName);
            }
        }

        return Shape.Contains(0) ? 0 : (long)bytes;
    }

    private static string Value(Regex entry, string text, string what, string? fileName) =>
        entry.Match(text) is { Success: true } match ? match.Groups[1].Value : throw Failure($"{what} is missing.", fileName);

    private static ModelFormatException Failure(string problem, string? fileName) => new(problem, fileName, "header");

    [GeneratedRegex("""['"]descr['"]\s*:\s*\[""", RegexOptions.NonBacktracking)]
    private static partial Regex StructureEntry();

    // Python writes the keys in quotes of either kind and the shape as a tuple of integers.
    [GeneratedRegex("""['"]descr['"]\s*:\s*['"]([^'"]*)['"]""", RegexOptions.NonBacktracking)]
    private static partial Regex TypeEntry();

    [GeneratedRegex("""['"]fortran_order['"]\s*:\s*(True|False)""", RegexOptions.NonBacktracking)]
    private static partial Regex OrderEntry();

    [GeneratedRegex("""['"]shape['"]\s*:\s*\(([^()]*)\)""", RegexOptions.NonBacktracking)]
    private static partial Regex ShapeEntry();
}

using System.Globalization;
using System.Text.RegularExpressions;
using Cairn.Saving;

namespace Cairn.Data;

/// <summary>The header of a <c>.npy</c> file: a Python dictionary with type, order and shape.</summary>
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
            throw Failure("structured arrays are not supported; save each field as a separate array, x['field'].", fileName);
        }

        string type = Value(TypeEntry(), text, "'descr' (the element type)", fileName);
        if (type.StartsWith('|') && type.EndsWith('O'))
        {
            throw Failure("the elements are Python objects ('|O'), which are not supported; save numbers, such as "
                + "x.astype('float32').", fileName);
        }

        bool isFortran = Value(OrderEntry(), text, "'fortran_order'", fileName) == "True";
        string[] dimensions = Value(ShapeEntry(), text, "'shape'", fileName)
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (!Types.TryGetValue(type, out string? dtype))
        {
            throw Failure(
                $"elements of type '{type}' are not one of {string.Join(", ", Types.Keys)} (save with x.astype('float32')).", fileName);
        }

        if (dimensions.Length > MaximumRank)
        {
            throw Failure($"the array has {dimensions.Length} dimensions; at most {MaximumRank} are allowed.", fileName);
        }

        long[] shape = Array.ConvertAll(dimensions, dimension =>
            long.TryParse(dimension, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
                ? value
                : throw Failure($"'{dimension}' is not a valid dimension.", fileName));
        if (isFortran && shape.Count(dimension => dimension > 1) > 1)
        {
            throw Failure("Fortran order is not supported; save np.ascontiguousarray(x).", fileName);
        }

        return new(dtype, shape);
    }

    public static string Format(string dtype, long[] shape)
    {
        string type = Types.First(entry => entry.Value == dtype).Key;
        string tuple = shape.Length == 1 ? $"({shape[0]},)" : $"({string.Join(", ", shape)})";
        return $"{{'descr': '{type}', 'fortran_order': False, 'shape': {tuple}, }}";
    }

    /// <summary>Number of data bytes that must follow; rejected if an array can't hold that many.</summary>
    public int ByteCount(string? fileName) => (int)ByteCount(fileName, Array.MaxLength);

    /// <summary>Number of data bytes that must follow; rejected if more than <paramref name="most"/>.</summary>
    public long ByteCount(string? fileName, long most)
    {
        var bytes = (Int128)WeightType.SizeOf(DType);
        foreach (long dimension in Shape)
        {
            bytes *= Math.Max(dimension, 1);
            if (bytes > most)
            {
                throw Failure($"the shape [{string.Join(", ", Shape)}] needs more than {most} bytes.", fileName);
            }
        }

        return Shape.Contains(0) ? 0 : (long)bytes;
    }

    private static string Value(Regex entry, string text, string what, string? fileName) =>
        entry.Match(text) is { Success: true } match ? match.Groups[1].Value : throw Failure($"{what} is missing.", fileName);

    private static ModelFormatException Failure(string problem, string? fileName) => new(problem, fileName, "header");

    [GeneratedRegex("""['"]descr['"]\s*:\s*\[""", RegexOptions.NonBacktracking)]
    private static partial Regex StructureEntry();

    // Python writes the keys in single or double quotes, and the shape as a tuple of integers.
    [GeneratedRegex("""['"]descr['"]\s*:\s*['"]([^'"]*)['"]""", RegexOptions.NonBacktracking)]
    private static partial Regex TypeEntry();

    [GeneratedRegex("""['"]fortran_order['"]\s*:\s*(True|False)""", RegexOptions.NonBacktracking)]
    private static partial Regex OrderEntry();

    [GeneratedRegex("""['"]shape['"]\s*:\s*\(([^()]*)\)""", RegexOptions.NonBacktracking)]
    private static partial Regex ShapeEntry();
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Cairn.Callbacks;

/// <summary>What a callback or a metric needs to go on after a restart, as plain data: named values and named arrays.</summary>
/// <remarks>
/// It is filled at a batch boundary and written to a file later, perhaps on another thread: what is put in must not change afterwards.
/// Numbers come back with the same bits, NaN and infinities included.
/// </remarks>
public sealed class SavedState
{
    private readonly Dictionary<string, NDArray> arrays = new(StringComparer.Ordinal);

    /// <summary>Creates a state without anything in it: that of a callback which has nothing to remember.</summary>
    public SavedState()
        : this([])
    {
    }

    /// <summary>Creates a state of values that are there.</summary>
    /// <param name="values">The values; they belong to the state from now on.</param>
    public SavedState(JsonObject values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Values = values;
    }

    /// <summary>The values, for what <c>Set</c> and <c>Get…</c> do not cover: lists and objects within objects.</summary>
    public JsonObject Values { get; }

    /// <summary>The arrays by name. Their element type is kept.</summary>
    public IDictionary<string, NDArray> Arrays => arrays;

    /// <summary>Puts a whole number in.</summary>
    /// <param name="name">The name; one that is there is replaced.</param>
    /// <param name="value">The number.</param>
    public void Set(string name, long value) => Values[name] = value;

    /// <summary>Puts a number in, or that there is none.</summary>
    /// <param name="name">The name; one that is there is replaced.</param>
    /// <param name="value">Any number, or null.</param>
    public void Set(string name, double? value) => Values[name] = value switch
    {
        null => null,
        // JSON has no such numbers.
        { } number when !double.IsFinite(number) => JsonValue.Create(number.ToString(CultureInfo.InvariantCulture)),
        { } number => JsonValue.Create(number),
    };

    /// <summary>Puts a truth value in.</summary>
    /// <param name="name">The name; one that is there is replaced.</param>
    /// <param name="value">True or false.</param>
    public void Set(string name, bool value) => Values[name] = value;

    /// <summary>Puts a text in, or that there is none.</summary>
    /// <param name="name">The name; one that is there is replaced.</param>
    /// <param name="value">The text, or null.</param>
    public void Set(string name, string? value) => Values[name] = value;

    /// <summary>Puts a list of arrays in, or that there is none.</summary>
    /// <param name="name">The name; one that is there is replaced.</param>
    /// <param name="list">The arrays, or null.</param>
    public void Set(string name, IReadOnlyList<NDArray>? list)
    {
        Values[name] = (long?)list?.Count;
        for (int i = 0; i < list?.Count; i++)
        {
            arrays[Place(name, i)] = list[i];
        }
    }

    /// <summary>A whole number.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message lists the names there are.</exception>
    /// <exception cref="InvalidOperationException">What has that name is something else.</exception>
    public long GetInt64(string name) => ReadInt64(name);

    /// <summary>A whole number.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message lists the names there are.</exception>
    /// <exception cref="InvalidOperationException">What has that name is something else.</exception>
    public int GetInt32(string name) => checked((int)ReadInt64(name));

    /// <summary>A truth value.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message lists the names there are.</exception>
    /// <exception cref="InvalidOperationException">What has that name is something else.</exception>
    public bool GetBoolean(string name) => Read<bool>(name);

    /// <summary>A number, or null where that was put in.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message lists the names there are.</exception>
    /// <exception cref="InvalidOperationException">What has that name is something else.</exception>
    public double? GetDoubleOrNull(string name) => Find(name) switch
    {
        null => null,
        JsonValue text when text.TryGetValue(out string? word)
            && double.TryParse(word, CultureInfo.InvariantCulture, out double number) => number,
        _ => Read<double>(name),
    };

    /// <summary>A number.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message lists the names there are.</exception>
    /// <exception cref="InvalidOperationException">What has that name is something else, or null.</exception>
    public double GetDouble(string name) => GetDoubleOrNull(name) ?? throw Wrong(name, typeof(double));

    /// <summary>A text, or null where that was put in.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message lists the names there are.</exception>
    /// <exception cref="InvalidOperationException">What has that name is something else.</exception>
    public string? GetStringOrNull(string name) => Find(name) is null ? null : Read<string>(name);

    /// <summary>A list of arrays, or null where that was put in.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message lists the names there are.</exception>
    /// <exception cref="InvalidOperationException">What has that name is something else.</exception>
    public IReadOnlyList<NDArray>? GetArraysOrNull(string name)
    {
        if (Find(name) is null)
        {
            return null;
        }

        var list = new NDArray[GetInt32(name)];
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = GetArray(Place(name, i));
        }

        return list;
    }

    /// <summary>An array.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message lists the names there are.</exception>
    public NDArray GetArray(string name) => arrays.TryGetValue(name, out NDArray? found)
        ? found
        : throw new KeyNotFoundException($"The saved state has no array '{name}'. {NearestName.Hint(name, arrays.Keys)}");

    /// <summary>The numbers of an array that was made of 64-bit floats, bit for bit.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message lists the names there are.</exception>
    /// <exception cref="InvalidOperationException">Its numbers are of another type.</exception>
    public double[] GetDoubles(string name) => GetArray(name) is { SourceArray: { } array and (double[] or double[,]) }
        ? [.. array.Cast<double>()]
        : throw new InvalidOperationException($"The array '{name}' of the saved state is not made of 64-bit floats: {arrays[name]}.");

    private static string Place(string name, int index) => string.Create(CultureInfo.InvariantCulture, $"{name}/{index}");

    private JsonNode? Find(string name) => Values.TryGetPropertyValue(name, out JsonNode? value)
        ? value
        : throw new KeyNotFoundException($"The saved state has no '{name}'. {NearestName.Hint(name, Values.Select(pair => pair.Key))}");

    // A number that somebody put into Values by hand may be of another width.
    private long ReadInt64(string name) => Find(name) is JsonValue value && value.TryGetValue(out int narrow) ? narrow : Read<long>(name);

    [return: NotNull]
    private T Read<T>(string name) => Find(name) is JsonValue value && value.TryGetValue(out T? found) && found is not null
        ? found
        : throw Wrong(name, typeof(T));

    private InvalidOperationException Wrong(string name, Type expected) =>
        new($"'{name}' of the saved state is {Values[name]?.ToJsonString() ?? "null"}, which is no {expected.Name}.");
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Cairn.Callbacks;

/// <summary>The state that a callback or a metric needs to resume, as plain data: named values and named arrays.</summary>
/// <remarks>
/// It is filled between two batches and may be written to a file later, on another thread, so its contents must not change afterwards.
/// Numbers are restored exactly, bit for bit, including NaN and infinity.
/// </remarks>
public sealed class SavedState
{
    private readonly Dictionary<string, NDArray> arrays = new(StringComparer.Ordinal);

    /// <summary>Creates an empty state, for a callback that has none.</summary>
    public SavedState()
        : this([])
    {
    }

    /// <summary>Creates a state from existing values.</summary>
    /// <param name="values">The values; the state takes ownership of them.</param>
    public SavedState(JsonObject values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Values = values;
    }

    /// <summary>The values, for types that <c>Set</c> and <c>Get…</c> do not support: lists and nested objects.</summary>
    public JsonObject Values { get; }

    /// <summary>The arrays by name. Their element type is preserved.</summary>
    public IDictionary<string, NDArray> Arrays => arrays;

    /// <summary>Stores an integer.</summary>
    /// <param name="name">The name; an existing value is replaced.</param>
    /// <param name="value">The integer.</param>
    public void Set(string name, long value) => Values[name] = value;

    /// <summary>Stores a number or null.</summary>
    /// <param name="name">The name; an existing value is replaced.</param>
    /// <param name="value">Any number, or null.</param>
    public void Set(string name, double? value) => Values[name] = value switch
    {
        null => null,
        // JSON has no notation for these numbers.
        { } number when !double.IsFinite(number) => JsonValue.Create(number.ToString(CultureInfo.InvariantCulture)),
        { } number => JsonValue.Create(number),
    };

    /// <summary>Stores a boolean.</summary>
    /// <param name="name">The name; an existing value is replaced.</param>
    /// <param name="value">True or false.</param>
    public void Set(string name, bool value) => Values[name] = value;

    /// <summary>Stores a string or null.</summary>
    /// <param name="name">The name; an existing value is replaced.</param>
    /// <param name="value">The string, or null.</param>
    public void Set(string name, string? value) => Values[name] = value;

    /// <summary>Stores a list of arrays or null.</summary>
    /// <param name="name">The name; an existing value is replaced.</param>
    /// <param name="list">The arrays, or null.</param>
    public void Set(string name, IReadOnlyList<NDArray>? list)
    {
        Values[name] = (long?)list?.Count;
        for (int i = 0; i < list?.Count; i++)
        {
            arrays[Place(name, i)] = list[i];
        }
    }

    /// <summary>Gets an integer.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="KeyNotFoundException">The name does not exist; the message lists the known names.</exception>
    /// <exception cref="InvalidOperationException">The value has another type.</exception>
    public long GetInt64(string name) => ReadInt64(name);

    /// <summary>Gets an integer.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="KeyNotFoundException">The name does not exist; the message lists the known names.</exception>
    /// <exception cref="InvalidOperationException">The value has another type.</exception>
    public int GetInt32(string name) => checked((int)ReadInt64(name));

    /// <summary>Gets a boolean.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="KeyNotFoundException">The name does not exist; the message lists the known names.</exception>
    /// <exception cref="InvalidOperationException">The value has another type.</exception>
    public bool GetBoolean(string name) => Read<bool>(name);

    /// <summary>Gets a number, or null if null was stored.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="KeyNotFoundException">The name does not exist; the message lists the known names.</exception>
    /// <exception cref="InvalidOperationException">The value has another type.</exception>
    public double? GetDoubleOrNull(string name) => Find(name) switch
    {
        null => null,
        JsonValue text when text.TryGetValue(out string? word)
            && double.TryParse(word, CultureInfo.InvariantCulture, out double number) => number,
        _ => Read<double>(name),
    };

    /// <summary>Gets a number.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="KeyNotFoundException">The name does not exist; the message lists the known names.</exception>
    /// <exception cref="InvalidOperationException">The value has another type, or is null.</exception>
    public double GetDouble(string name) => GetDoubleOrNull(name) ?? throw Wrong(name, typeof(double));

    /// <summary>Gets a string, or null if null was stored.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="KeyNotFoundException">The name does not exist; the message lists the known names.</exception>
    /// <exception cref="InvalidOperationException">The value has another type.</exception>
    public string? GetStringOrNull(string name) => Find(name) is null ? null : Read<string>(name);

    /// <summary>Gets a list of arrays, or null if null was stored.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="KeyNotFoundException">The name does not exist; the message lists the known names.</exception>
    /// <exception cref="InvalidOperationException">The value has another type.</exception>
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

    /// <summary>Gets an array.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="KeyNotFoundException">The name does not exist; the message lists the known names.</exception>
    public NDArray GetArray(string name) => arrays.TryGetValue(name, out NDArray? found)
        ? found
        : throw new KeyNotFoundException($"The saved state has no array '{name}'. {NearestName.Hint(name, arrays.Keys)}");

    /// <summary>Gets the elements of a float64 array, bit for bit.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="KeyNotFoundException">The name does not exist; the message lists the known names.</exception>
    /// <exception cref="InvalidOperationException">The elements have another type.</exception>
    public double[] GetDoubles(string name) => GetArray(name) is { SourceArray: { } array and (double[] or double[,]) }
        ? array is double[] list ? [.. list] : [.. array.Cast<double>()]
        : throw new InvalidOperationException($"The array '{name}' of the saved state is not a float64 array: {arrays[name]}.");

    private static string Place(string name, int index) => string.Create(CultureInfo.InvariantCulture, $"{name}/{index}");

    private JsonNode? Find(string name) => Values.TryGetPropertyValue(name, out JsonNode? value)
        ? value
        : throw new KeyNotFoundException($"The saved state has no '{name}'. {NearestName.Hint(name, Values.Select(pair => pair.Key))}");

    // Integers that were put into Values directly may have another width.
    private long ReadInt64(string name) => Find(name) is JsonValue value && value.TryGetValue(out int narrow) ? narrow : Read<long>(name);

    [return: NotNull]
    private T Read<T>(string name) => Find(name) is JsonValue value && value.TryGetValue(out T? found) && found is not null
        ? found
        : throw Wrong(name, typeof(T));

    private InvalidOperationException Wrong(string name, Type expected) =>
        new($"'{name}' of the saved state is {Values[name]?.ToJsonString() ?? "null"}, which is not of type {expected.Name}.");
}

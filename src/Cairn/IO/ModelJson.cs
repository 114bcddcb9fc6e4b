using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Cairn.Saving;

/// <summary>Parses the JSON texts of model files within the limits.</summary>
internal static class ModelJson
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Parses <paramref name="json"/> as an object.</summary>
    /// <param name="json">The text.</param>
    /// <param name="fileName">The file it came from, for messages.</param>
    /// <param name="location">The place in the file, such as <c>model_config</c>, for messages.</param>
    /// <param name="limits">The limits; the default ones if null.</param>
    /// <exception cref="ModelFormatException">It is not JSON, not an object, too long or too deep, or has a duplicate key.</exception>
    public static JsonObject ParseObject(string json, string? fileName, string? location, FileLimits? limits = null)
    {
        limits ??= FileLimits.Current;
        if (json.Length > limits.MaximumJsonBytes)
        {
            throw TooLong(json.Length, "characters", fileName, location, limits);
        }

        try
        {
            return ParseObject(Strict.GetBytes(json), fileName, location, limits);
        }
        catch (EncoderFallbackException exception)
        {
            throw new ModelFormatException("the text has unpaired surrogates.", fileName, location, exception);
        }
    }

    /// <summary>Parses a UTF-8 text as an object.</summary>
    /// <param name="json">The text.</param>
    /// <param name="fileName">The file it came from, for messages.</param>
    /// <param name="location">The place in the file, for messages.</param>
    /// <param name="limits">The limits; the default ones if null.</param>
    /// <exception cref="ModelFormatException">It is not JSON, not an object, too long or too deep, or has a duplicate key.</exception>
    public static JsonObject ParseObject(ReadOnlySpan<byte> json, string? fileName, string? location, FileLimits? limits = null)
    {
        limits ??= FileLimits.Current;
        RequireText(json, fileName, location, limits);
        var options = new JsonDocumentOptions { MaxDepth = limits.MaximumJsonDepth, AllowDuplicateProperties = false };
        try
        {
            CountValues(json, fileName, location, limits);
            return JsonNode.Parse(json, documentOptions: options) switch
            {
                JsonObject parsed => parsed,

                // Some programs encode the JSON text as a JSON string again.
                JsonValue inner when inner.TryGetValue(out string? text) && text.TrimStart().StartsWith('{') =>
                    ParseObject(text, fileName, location, limits),
                _ => throw new ModelFormatException("expected a JSON object.", fileName, location),
            };
        }
        catch (JsonException exception)
        {
            throw new ModelFormatException($"invalid JSON: {exception.Message}", fileName, location, exception);
        }
    }

    /// <summary>Validates a text that is then read token by token.</summary>
    /// <exception cref="ModelFormatException">It is not JSON, too long or too deep, or contains an invalid string.</exception>
    public static void Check(ReadOnlySpan<byte> json, string? fileName, FileLimits limits)
    {
        RequireText(json, fileName, null, limits);
        try
        {
            CountValues(json, fileName, null, limits);
        }
        catch (JsonException exception)
        {
            throw new ModelFormatException($"invalid JSON: {exception.Message}", fileName, null, exception);
        }
    }

    /// <summary>
    /// Validates what a reader of tokens, which reads every token afterwards, doesn't: the number of values and the texts. Most texts are
    /// not tokenized for that.
    /// </summary>
    /// <exception cref="ModelFormatException">It is too long or too deep, or contains an invalid string.</exception>
    public static void CheckBeforeReading(ReadOnlySpan<byte> json, string? fileName, FileLimits limits)
    {
        RequireText(json, fileName, null, limits);

        // Before every value but the first there is one of these characters.
        int most = 1 + json.Count((byte)',') + json.Count((byte)':') + json.Count((byte)'[') + json.Count((byte)'{');
        if (most > limits.MaximumJsonValues || json.Contains((byte)'\\') && HasEscapedSurrogate(json))
        {
            Check(json, fileName, limits);
        }
    }

    private static bool HasEscapedSurrogate(ReadOnlySpan<byte> json) => json.IndexOf("\\ud"u8) >= 0 || json.IndexOf("\\uD"u8) >= 0;

    private static void RequireText(ReadOnlySpan<byte> json, string? fileName, string? location, FileLimits limits)
    {
        if (json.Length > limits.MaximumJsonBytes)
        {
            throw TooLong(json.Length, "bytes", fileName, location, limits);
        }

        if (!Utf8.IsValid(json))
        {
            throw new ModelFormatException("the text is not UTF-8.", fileName, location);
        }
    }

    // Values are counted before parsing, since two bytes of text can become a value that takes a hundred bytes of memory.
    private static void CountValues(ReadOnlySpan<byte> json, string? fileName, string? location, FileLimits limits)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = limits.MaximumJsonDepth });
        for (int count = 0; reader.Read();)
        {
            if (HasUnpairedSurrogate(ref reader))
            {
                throw new ModelFormatException($"a string has an unpaired surrogate (an escape such as \\ud800 without its other half) at "
                    + $"byte {reader.TokenStartIndex}.", fileName, location);
            }

            if (reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray) && ++count > limits.MaximumJsonValues)
            {
                throw new ModelFormatException($"the JSON text has more than {limits.MaximumJsonValues} values.", fileName, location);
            }
        }
    }

    // The parser accepts such a string, and fails only when the string is read.
    private static bool HasUnpairedSurrogate(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped)
        {
            return false;
        }

        char[] rented = ArrayPool<char>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            reader.CopyString(rented);
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    /// <summary>Throws if a UTF-8 text contains a string that .NET can't represent.</summary>
    /// <exception cref="JsonException">It contains such a string, or is not JSON.</exception>
    public static void RequireWholeTexts(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (HasUnpairedSurrogate(ref reader))
            {
                throw new JsonException($"a string has an unpaired surrogate at byte {reader.TokenStartIndex}.");
            }
        }
    }

    private static ModelFormatException TooLong(int length, string unit, string? fileName, string? location, FileLimits limits) =>
        new($"the JSON text has {length} {unit}; at most {limits.MaximumJsonBytes} are allowed.", fileName, location);
}

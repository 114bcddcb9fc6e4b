using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cairn.Saving;

/// <summary>The start of a JSON value, for messages. The value may be of any length, so it is never written in full.</summary>
internal static class JsonExcerpt
{
    /// <summary>The value as JSON, truncated to the given number of characters.</summary>
    public static string Of(JsonNode? node, int most)
    {
        if (node is null)
        {
            return "null";
        }

        if (node is JsonValue value && value.TryGetValue(out string? text) && text.Length > most)
        {
            node = JsonValue.Create(text[..most]);
        }

        var start = new Start(8 * most);
        try
        {
            using var writer = new Utf8JsonWriter(start);
            node.WriteTo(writer);
        }
        catch (FullException)
        {
            // The text written so far is the excerpt.
        }

        string written = Encoding.UTF8.GetString(start.Written);
        return written.Length <= most && !start.Full ? written : $"{written.AsSpan(0, Math.Min(most, written.Length))}…";
    }

    private sealed class Start(int room) : IBufferWriter<byte>
    {
        private readonly byte[] bytes = new byte[room];
        private int count;

        public bool Full { get; private set; }

        public ReadOnlySpan<byte> Written => bytes.AsSpan(0, count);

        public void Advance(int count) => this.count += count;

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (sizeHint <= bytes.Length - count && count < bytes.Length)
            {
                return bytes.AsMemory(count);
            }

            Full = true;
            throw new FullException();
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }

    private sealed class FullException : Exception;
}

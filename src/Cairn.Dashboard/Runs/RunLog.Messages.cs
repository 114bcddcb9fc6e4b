using System.Buffers;
using System.Text.Json;
using Cairn.Callbacks;

namespace Cairn.Dashboard.Runs;

/// <content>The messages sent to pages.</content>
internal sealed partial class RunLog
{
    private const int MostKept = 4;
    private readonly List<(RunCursor From, long Version, byte[] Message, RunCursor Next)> kept = [];

    /// <summary>
    /// The data that a page does not have yet, as JSON. Viewers in the same state share the same bytes, so many viewers cost little more
    /// than one.
    /// </summary>
    /// <param name="from">The state of the page.</param>
    /// <returns>The message, what the page has after it, and the version of the run.</returns>
    public (byte[] Message, RunCursor Next, long Version) Since(RunCursor from)
    {
        lock (gate)
        {
            foreach ((RunCursor known, long of, byte[] message, RunCursor next) in kept)
            {
                if (known == from && of == version)
                {
                    return (message, next, version);
                }
            }

            bool whole = from.Life != life || from.Epochs > epochs.Count || from.Events > events.Count || from.Batch >= number
                || from.Panels > panelVersion || from.About > aboutVersion;
            RunCursor start = whole ? RunCursor.Start : from;
            byte[] written = Write(start, whole);
            var after = new RunCursor(life, number - 1, epochs.Count, events.Count, panelVersion, aboutVersion);
            kept.Add((from, version, written, after));
            if (kept.Count > MostKept)
            {
                kept.RemoveAt(0);
            }

            return (written, after, version);
        }
    }

    private byte[] Write(RunCursor from, bool whole)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteBoolean("reset", whole);
        json.WritePropertyName("run");
        Summary.Write(json);
        WriteProgress(json);
        if (from.About < aboutVersion || whole)
        {
            WriteDescription(json);
        }

        WriteBatches(json, batches.FindIndex(row => row.Number > from.Batch));
        WriteEpochs(json, from.Epochs);
        json.WriteStartArray("events");
        for (int i = from.Events; i < events.Count; i++)
        {
            WriteEvent(json, events[i], i);
        }

        json.WriteEndArray();
        WritePanels(json, from.Panels);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private void WriteProgress(Utf8JsonWriter json)
    {
        json.WriteStartObject("progress");
        json.WriteNumber("epoch", progress.Epoch);
        json.WriteNumber("batch", progress.Batch);
        json.WriteNumberOrNull("steps", progress.Steps);
        json.WriteNumberOrNull("epochs", progress.Epochs);
        json.WriteNumberOrNull("samplesPerSecond", progress.SamplesPerSecond);
        json.WriteNumberOrNull("batchesPerSecond", progress.BatchesPerSecond);
        json.WriteNumberOrNull("secondsLeft", progress.SecondsLeft);
        json.WriteNumberOrNull("seconds", progress.Seconds);
        json.WriteNumberOrNull("memory", progress.MemoryBytes);
        json.WriteNumberOrNull("learningRate", progress.LearningRate);
        json.WriteEndObject();
    }

    private void WriteDescription(Utf8JsonWriter json)
    {
        json.WriteStartObject("about");
        json.WriteString("summary", description.Summary);
        json.WritePropertyName("layers");
        if (description.Layers is { } layers)
        {
            layers.WriteTo(json);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteEndObject();
    }

    // Column by column: half the bytes of a row by row form.
    private void WriteBatches(Utf8JsonWriter json, int first)
    {
        json.WriteStartObject("batches");
        IReadOnlyList<BatchRow> rows = first < 0 ? [] : batches[first..];
        json.WriteStartArray("epoch");
        foreach (BatchRow row in rows)
        {
            json.WriteNumberValue(row.Epoch);
        }

        json.WriteEndArray();
        json.WriteStartArray("batch");
        foreach (BatchRow row in rows)
        {
            json.WriteNumberValue(row.Batch);
        }

        json.WriteEndArray();
        WriteColumns(json, rows, row => row.Values);
        json.WriteEndObject();
    }

    private void WriteEpochs(Utf8JsonWriter json, int first)
    {
        json.WriteStartObject("epochs");
        IReadOnlyList<EpochRow> rows = epochs[first..];
        json.WriteStartArray("epoch");
        foreach (EpochRow row in rows)
        {
            json.WriteNumberValue(row.Epoch);
        }

        json.WriteEndArray();
        WriteColumns(json, rows, row => row.Values);
        json.WriteEndObject();
    }

    private static void WriteColumns<T>(
        Utf8JsonWriter json, IReadOnlyList<T> rows, Func<T, IReadOnlyList<KeyValuePair<string, double>>> valuesOf)
    {
        var columns = new OrderedDictionary<string, double?[]>(StringComparer.Ordinal);
        for (int i = 0; i < rows.Count; i++)
        {
            foreach ((string name, double value) in valuesOf(rows[i]))
            {
                if (!columns.TryGetValue(name, out double?[]? column))
                {
                    columns[name] = column = new double?[rows.Count];
                }

                column[i] = value;
            }
        }

        json.WriteStartObject("values");
        foreach ((string name, double?[] column) in columns)
        {
            json.WriteStartArray(name);
            foreach (double? value in column)
            {
                json.WriteAnyNumber(value);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteEvent(Utf8JsonWriter json, TrainingEvent one, int index)
    {
        json.WriteStartObject();
        json.WriteNumber("index", index);
        json.WriteNumber("epoch", one.Epoch);
        json.WriteNumberOrNull("batch", one.Batch);
        json.WriteString("callback", one.Callback);
        json.WriteString("kind", one.Kind);
        json.WritePropertyName("old");
        json.WriteAnyNumber(one.OldValue);
        json.WritePropertyName("new");
        json.WriteAnyNumber(one.NewValue);
        json.WriteString("message", one.Message);
        json.WriteString("file", one.Path is { } path ? Path.GetFileName(path) : null);
        json.WriteEndObject();
    }

    private void WritePanels(Utf8JsonWriter json, long seen)
    {
        json.WriteStartArray("panels");
        foreach (RunPanel panel in panels.Values.Where(panel => panel.Version > seen))
        {
            json.WriteStartObject();
            json.WriteString("title", panel.Title);
            json.WriteString("kind", panel.Kind);
            json.WriteNumber("version", panel.Version);
            json.WriteNumber("images", panel.Images.Count);
            json.WritePropertyName("content");
            panel.Content.WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

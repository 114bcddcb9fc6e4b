using System.Text;
using Cairn.Callbacks;
using Cairn.EventFiles;
using Cairn.EventFiles.Messages;
using Cairn.Saving;
using Google.Protobuf;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Dashboard.Folders;

/// <summary>A run in TensorBoard's event files: the scalars of Cairn, Keras and PyTorch, and the hyperparameters.</summary>
internal sealed class EventFileRun
{
    private const string EpochTag = "epoch_";
    private const string ValidationFolder = "validation";
    private const int MostNames = 2000;
    private const int MostValues = 5_000_000;
    private const int MostUsualTag = 500;

    private readonly OrderedDictionary<string, ScalarSeries> series = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ScalarSeries> byTag = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> settings = new(StringComparer.Ordinal);
    private double first = double.PositiveInfinity;
    private double last = double.NegativeInfinity;
    private int count;

    private EventFileRun()
    {
    }

    /// <summary>Reads the files of a run.</summary>
    /// <exception cref="ModelFormatException">A file is damaged before its end.</exception>
    public static LoadedRun Read(FoundRun found)
    {
        var run = new EventFileRun();
        foreach (FileInfo file in found.Files)
        {
            run.Add(file.FullName, file.Directory!.Name == ValidationFolder && file.DirectoryName != found.Path ? $"{ValidationFolder}/" : "");
        }

        return new LoadedRun(ToHistory(run.series), run.settings, run.last > run.first ? run.last - run.first : null);
    }

    private void Add(string path, string prefix)
    {
        char[] tag = [.. prefix, .. new char[MostUsualTag]];
        using var reader = new EventFileReader(path);
        while (reader.MoveNext())
        {
            if (!ScalarRecord.TryRead(reader.Record, out ScalarRecord scalar) || scalar.Tag.Length > MostUsualTag)
            {
                Add(reader.Parse(), prefix, path);
                continue;
            }

            Note(scalar.WallTime);
            if (scalar.Step is >= 0 and <= int.MaxValue && count++ < MostValues)
            {
                // Not as a text of its own: those of a million values would take most of the time.
                int length = prefix.Length + Encoding.UTF8.GetChars(scalar.Tag, tag.AsSpan(prefix.Length));
                SeriesOf(tag.AsSpan(0, length))?.Add((int)scalar.Step, scalar.Value);
            }
        }
    }

    private void Add(Event one, string prefix, string path)
    {
        if (one.Summary is null)
        {
            return;
        }

        Note(one.WallTime);
        foreach (Summary.Types.Value value in one.Summary.Value)
        {
            if (value.Tag == HyperParameters.StartTag)
            {
                AddSettings(settings, value, path);
            }
            else if (one.Step is >= 0 and <= int.MaxValue && ScalarOf(value) is { } number && count++ < MostValues)
            {
                SeriesOf(prefix + value.Tag)?.Add((int)one.Step, number);
            }
        }
    }

    private void Note(double wallTime)
    {
        if (double.IsFinite(wallTime))
        {
            (first, last) = (Math.Min(first, wallTime), Math.Max(last, wallTime));
        }
    }

    // Null beyond the largest number of tags.
    private ScalarSeries? SeriesOf(ReadOnlySpan<char> tag)
    {
        if (!byTag.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(tag, out ScalarSeries? values) && series.Count < MostNames)
        {
            values = new ScalarSeries();
            series.Add(tag.ToString(), values);
            byTag.Add(tag.ToString(), values);
        }

        return values;
    }

    private static double? ScalarOf(Summary.Types.Value value)
    {
        if (value.HasSimpleValue)
        {
            return value.SimpleValue;
        }

        if (value.Tensor is not { } tensor || tensor.TensorShape is { Dim.Count: > 0 }
            || value.Metadata?.PluginData?.PluginName is { Length: > 0 } and not "scalars")
        {
            return null;
        }

        return tensor.Dtype switch
        {
            DataType.DtFloat when tensor.FloatVal.Count == 1 => tensor.FloatVal[0],
            DataType.DtFloat when tensor.TensorContent.Length == sizeof(float) => BitConverter.ToSingle(tensor.TensorContent.Span),
            DataType.DtDouble when tensor.TensorContent.Length == sizeof(double) => BitConverter.ToDouble(tensor.TensorContent.Span),
            _ => null,
        };
    }

    private static void AddSettings(SortedDictionary<string, string> settings, Summary.Types.Value value, string path)
    {
        if (value.Metadata?.PluginData?.Content is not { } content)
        {
            return;
        }

        try
        {
            foreach ((string name, Value setting) in HParamsPluginData.Parser.ParseFrom(content).SessionStartInfo?.Hparams ?? [])
            {
                settings[name] = RunSettings.Text(HyperParameters.Read(setting));
            }
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new ModelFormatException($"the hyperparameters can't be read ({exception.Message})", path, innerException: exception);
        }
    }

    // With Keras' tags, the values of epochs under their names in a history; otherwise all tags, by step.
    private static History ToHistory(OrderedDictionary<string, ScalarSeries> series)
    {
        var named = new OrderedDictionary<string, ScalarSeries>(StringComparer.Ordinal);
        foreach ((string tag, ScalarSeries values) in series)
        {
            bool isValidation = tag.StartsWith(ValidationFolder + "/", StringComparison.Ordinal);
            string bare = isValidation ? tag[(ValidationFolder.Length + 1)..] : tag;
            if (bare.StartsWith(EpochTag, StringComparison.Ordinal))
            {
                named[isValidation ? $"val_{bare[EpochTag.Length..]}" : bare[EpochTag.Length..]] = values;
            }
        }

        if (named.Count == 0)
        {
            named = series;
        }

        IReadOnlyList<int> steps = StepsOf(named.Values);
        return History.Of(steps, named.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.At(steps))), []);
    }

    // Most runs have one value of each tag at every step.
    private static IReadOnlyList<int> StepsOf(IReadOnlyCollection<ScalarSeries> series)
    {
        IReadOnlyList<int> first = series.FirstOrDefault()?.Steps ?? [];
        return series.All(one => one.Steps.SequenceEqual(first)) ? first
            : [.. series.SelectMany(one => one.Steps).Distinct().Order()];
    }
}

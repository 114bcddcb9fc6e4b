using System.Runtime.CompilerServices;
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
    private const int MostCompared = 64;

    private readonly OrderedDictionary<string, ScalarSeries> series = new(StringComparer.Ordinal);
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
            bool isValidation = file.Directory!.Name == ValidationFolder && file.DirectoryName != found.Path;
            run.Add(file.FullName, isValidation ? $"{ValidationFolder}/" : "");
        }

        return new LoadedRun(ToHistory(run.series), run.settings, run.last > run.first ? run.last - run.first : null);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(string path, string prefix)
    {
        var tags = new List<(byte[] Tag, ScalarSeries Series)>();
        int next = 0;
        using var reader = new EventFileReader(path);
        while (reader.MoveNext())
        {
            if (!ScalarRecord.TryRead(reader.Record, out ScalarRecord scalar) || scalar.Tag.Length > MostUsualTag)
            {
                if (!ScalarRecord.HasNoSummary(reader.Record))
                {
                    Add(reader.Parse(), prefix, path);
                }

                continue;
            }

            Note(scalar.WallTime);
            if (scalar.Step is < 0 or > int.MaxValue || count++ >= MostValues)
            {
                continue;
            }

            // Tags follow each other in the same order in every step, and are recognized without making texts of them.
            ScalarSeries? values = next < tags.Count && scalar.Tag.SequenceEqual(tags[next].Tag) ? tags[next].Series
                : SeriesOf(scalar.Tag, prefix, tags, ref next);
            values?.Add((int)scalar.Step, scalar.Value);
            next = next + 1 < tags.Count ? next + 1 : 0;
        }
    }

    // Null beyond the largest number of tags.
    private ScalarSeries? SeriesOf(ReadOnlySpan<byte> tag, string prefix, List<(byte[] Tag, ScalarSeries Series)> tags, ref int next)
    {
        for (int place = 0; place < tags.Count; place++)
        {
            if (tag.SequenceEqual(tags[place].Tag))
            {
                next = place;
                return tags[place].Series;
            }
        }

        ScalarSeries? values = SeriesOf(prefix + Encoding.UTF8.GetString(tag));
        if (values is not null && tags.Count < MostCompared)
        {
            next = tags.Count;
            tags.Add((tag.ToArray(), values));
        }

        return values;
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
    private ScalarSeries? SeriesOf(string tag)
    {
        if (!series.TryGetValue(tag, out ScalarSeries? values) && series.Count < MostNames)
        {
            series.Add(tag, values = new ScalarSeries());
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

        int[] steps = StepsOf(named.Values);
        return History.Of(steps, named.Select(pair => KeyValuePair.Create(pair.Key, (IReadOnlyList<double?>)pair.Value.At(steps))), []);
    }

    // Most runs have one value of each tag at every step.
    private static int[] StepsOf(IReadOnlyCollection<ScalarSeries> series)
    {
        if (series.Count == 0)
        {
            return [];
        }

        int[] first = series.First().Steps.ToArray();
        return series.All(one => one.Steps.SequenceEqual(first)) ? first
            : [.. series.SelectMany(one => one.Steps.ToArray()).Distinct().Order()];
    }
}

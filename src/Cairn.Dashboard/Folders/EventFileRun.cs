using Cairn.Callbacks;
using Cairn.EventFiles;
using Cairn.EventFiles.Messages;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Dashboard.Folders;

/// <summary>A run in TensorBoard's event files: the scalars of Cairn, Keras and PyTorch, and the hyperparameters.</summary>
internal static class EventFileRun
{
    private const string EpochTag = "epoch_";
    private const string ValidationFolder = "validation";
    private const int MostNames = 2000;
    private const int MostValues = 5_000_000;

    /// <summary>Reads the files of a run.</summary>
    /// <exception cref="Saving.ModelFormatException">A file is damaged before its end.</exception>
    public static LoadedRun Read(FoundRun found)
    {
        var series = new OrderedDictionary<string, SortedDictionary<int, double>>(StringComparer.Ordinal);
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        double first = double.PositiveInfinity;
        double last = double.NegativeInfinity;
        int count = 0;
        foreach (FileInfo file in found.Files)
        {
            bool isValidation = file.Directory!.Name == ValidationFolder && file.DirectoryName != found.Path;
            foreach (Event one in EventFileReader.Read(file.FullName))
            {
                if (double.IsFinite(one.WallTime) && one.Summary is not null)
                {
                    (first, last) = (Math.Min(first, one.WallTime), Math.Max(last, one.WallTime));
                }

                foreach (Summary.Types.Value value in one.Summary?.Value ?? [])
                {
                    if (value.Tag == HyperParameters.StartTag)
                    {
                        AddSettings(settings, value);
                    }
                    else if (one.Step is >= 0 and <= int.MaxValue && ScalarOf(value) is { } number && count++ < MostValues)
                    {
                        Add(series, isValidation ? $"{ValidationFolder}/{value.Tag}" : value.Tag, (int)one.Step, number);
                    }
                }
            }
        }

        History history = ToHistory(series);
        return new LoadedRun(history, settings, last > first ? last - first : null);
    }

    private static void Add(OrderedDictionary<string, SortedDictionary<int, double>> series, string tag, int step, double number)
    {
        if (!series.TryGetValue(tag, out SortedDictionary<int, double>? values))
        {
            if (series.Count >= MostNames)
            {
                return;
            }

            series[tag] = values = [];
        }

        values[step] = number;
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

    private static void AddSettings(SortedDictionary<string, string> settings, Summary.Types.Value value)
    {
        if (value.Metadata?.PluginData?.Content is { } content
            && HParamsPluginData.Parser.ParseFrom(content).SessionStartInfo?.Hparams is { } hparams)
        {
            foreach ((string name, Value setting) in hparams)
            {
                settings[name] = RunSettings.Text(setting);
            }
        }
    }

    // With Keras' tags, the values of epochs under their names in a history; otherwise all tags, by step.
    private static History ToHistory(OrderedDictionary<string, SortedDictionary<int, double>> series)
    {
        var named = new OrderedDictionary<string, SortedDictionary<int, double>>(StringComparer.Ordinal);
        foreach ((string tag, SortedDictionary<int, double> values) in series)
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

        int[] steps = [.. named.Values.SelectMany(values => values.Keys).Distinct().Order()];
        return History.Of(
            steps,
            named.Select(pair => KeyValuePair.Create(pair.Key,
                (IReadOnlyList<double?>)[.. steps.Select(step => pair.Value.TryGetValue(step, out double value) ? value : (double?)null)])),
            []);
    }
}

using System.Runtime.CompilerServices;
using TorchSharp;
using TorchSharp.Modules;

namespace Cairn.Data;

/// <summary>
/// Data streamed into <c>Fit</c>, <c>Evaluate</c> and <c>Predict</c> in batches, from memory, files or custom code.
/// </summary>
/// <remarks>
/// A dataset only describes where the data is. Each <c>Fit</c> reads it again, once per epoch, a few batches ahead of the training on a
/// background thread. Only arrays and NPY files are shuffled; other data keep their order, as in Keras.
/// </remarks>
public abstract class Dataset
{
    private protected Dataset()
    {
    }

    /// <summary>Number of batches to read ahead by default.</summary>
    internal const int ReadAhead = 2;

    /// <summary>Creates a dataset from arrays in memory.</summary>
    /// <param name="x">Inputs, <c>[samples, ...]</c>; several in model order or by name.</param>
    /// <param name="y">Targets, in the same form; null for prediction.</param>
    /// <param name="sampleWeight">A weight per sample, <c>[samples]</c>: one array for all outputs, or one per output.</param>
    /// <param name="batchSize">Samples per batch, 1 or more; 32 by default. The last batch may be smaller.</param>
    [OverloadResolutionPriority(1)]
    public static Dataset From(NDArrays x, NDArrays? y = null, NDArrays? sampleWeight = null, int batchSize = 32)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        return new ArrayDataset(x, y, sampleWeight, batchSize);
    }

    /// <summary>Creates a dataset from a sequence of batches, such as an iterator; it is enumerated again for each epoch.</summary>
    /// <param name="batches">
    /// The batches. Those of an array or list remain owned by the caller; those of a lazy sequence are disposed after use, see
    /// <see cref="Batch"/>.
    /// </param>
    /// <param name="count">
    /// Number of batches, if known: an epoch then consists of that many, and the progress bar shows the remaining time.
    /// </param>
    /// <param name="prefetch">
    /// Number of batches to prefetch on a background thread; 2 by default. 0 enumerates the sequence on the training thread, between steps.
    /// </param>
    public static Dataset From(IEnumerable<Batch> batches, int? count = null, int prefetch = ReadAhead)
    {
        ArgumentNullException.ThrowIfNull(batches);
        CheckCounts(count, prefetch);
        return new SequenceDataset(batches, count, prefetch);
    }

    /// <summary>
    /// Creates a dataset from an asynchronous sequence of batches; it is enumerated again for each epoch, and canceled if training ends
    /// early.
    /// </summary>
    /// <param name="batches">The batches; they are disposed after use, see <see cref="Batch"/>.</param>
    /// <param name="count">Number of batches, if known.</param>
    /// <param name="prefetch">Number of batches to prefetch on a background thread, at least 1; 2 by default.</param>
    public static Dataset From(IAsyncEnumerable<Batch> batches, int? count = null, int prefetch = ReadAhead)
    {
        ArgumentNullException.ThrowIfNull(batches);
        CheckCounts(count, prefetch);
        ArgumentOutOfRangeException.ThrowIfLessThan(prefetch, 1);
        return new AsyncSequenceDataset(batches, count, prefetch);
    }

    /// <summary>Creates a dataset from a TorchSharp data loader whose samples are dictionaries.</summary>
    /// <param name="loader">The loader; it does its own shuffling, and remains owned by the caller.</param>
    /// <param name="x">The key of the input.</param>
    /// <param name="y">The key of the target; null for prediction.</param>
    /// <param name="sampleWeight">The key of the sample weights; none by default.</param>
    /// <param name="prefetch">Number of batches to prefetch; 2 by default.</param>
    public static Dataset From(DataLoader loader, string x = "data", string? y = "label", string? sampleWeight = null,
        int prefetch = ReadAhead) => From(
        loader,
        sample => new Batch(Entry(sample, x), y is null ? null : Entry(sample, y),
        sampleWeight is null ? null : Entry(sample, sampleWeight), leaveOpen: true),
        prefetch);

    /// <summary>Creates a dataset from a TorchSharp data loader with any type of sample.</summary>
    /// <typeparam name="TSample">The sample type of the loader's dataset.</typeparam>
    /// <typeparam name="TCollated">The result type of the collate function.</typeparam>
    /// <param name="loader">The loader; it does its own shuffling, and remains owned by the caller.</param>
    /// <param name="batch">
    /// Converts the output of the loader to a batch; with <c>leaveOpen: true</c>, because the loader disposes its tensors itself.
    /// </param>
    /// <param name="prefetch">Number of batches to prefetch; 2 by default.</param>
    public static Dataset From<TSample, TCollated>(DataLoader<TSample, TCollated> loader, Func<TCollated, Batch> batch,
        int prefetch = ReadAhead)
    {
        ArgumentNullException.ThrowIfNull(loader);
        ArgumentNullException.ThrowIfNull(batch);
        return From(loader.Select(batch), checked((int)loader.Count), prefetch);
    }

    /// <summary>Creates a dataset from NumPy <c>.npy</c> files, which may be larger than memory.</summary>
    /// <param name="x">The file of the inputs, <c>[samples, ...]</c>; several in model order or by input name.</param>
    /// <param name="y">The file of the targets, in the same form; null for prediction.</param>
    /// <param name="sampleWeight">
    /// The file of the sample weights, <c>[samples]</c>: one for all outputs, or one per output; none by default.
    /// </param>
    /// <param name="batchSize">Samples per batch; 32 by default.</param>
    /// <param name="prefetch">
    /// Number of batches to prefetch on a background thread; 0 for none. If null (default), as many as fit in 1 MB, from 2 to 64; batches
    /// of 512 KB and more are read between steps as long as this takes less than a quarter of the time.
    /// </param>
    /// <remarks>Shuffling reads the samples in random order, the same order as for arrays. This is fast on SSDs.</remarks>
    public static Dataset FromNpy(ArrayNames x, ArrayNames? y = null, ArrayNames? sampleWeight = null, int batchSize = 32,
        int? prefetch = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        CheckCounts(null, prefetch ?? 0);
        return new NpyDataset(new NpyFiles(x, y, sampleWeight), batchSize, prefetch);
    }

    /// <summary>Creates a dataset from a NumPy <c>.npz</c> archive, which may be larger than memory.</summary>
    /// <param name="path">The archive. Large compressed members are extracted to temporary files while it is in use.</param>
    /// <param name="x">The name of the inputs in the archive, <c>[samples, ...]</c>; several in model order or by input name.</param>
    /// <param name="y">The name of the targets, in the same form; null (default) for prediction.</param>
    /// <param name="sampleWeight">
    /// The name of the sample weights, <c>[samples]</c>: one for all outputs, or one per output; none by default.
    /// </param>
    /// <param name="batchSize">Samples per batch; 32 by default.</param>
    /// <param name="prefetch">
    /// Number of batches to prefetch on a background thread; 0 for none. If null (default), as many as fit in 1 MB, from 2 to 64; batches
    /// of 512 KB and more are read between steps as long as this takes less than a quarter of the time.
    /// </param>
    public static Dataset FromNpz(string path, ArrayNames x, ArrayNames? y = null, ArrayNames? sampleWeight = null, int batchSize = 32,
        int? prefetch = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        CheckCounts(null, prefetch ?? 0);
        return new NpyDataset(new NpyFiles(x, y, sampleWeight, path), batchSize, prefetch);
    }

    /// <summary>Creates a dataset from the rows of a CSV file, which may be larger than memory.</summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="target">
    /// The column of the targets, <c>[samples]</c>, or several columns, <c>[samples, columns]</c>; for a model with several outputs, by
    /// output name; null for prediction.
    /// </param>
    /// <param name="features">
    /// The columns of the input, in order; for a model with several inputs, by input name. By default, all columns that are neither targets
    /// nor weights.
    /// </param>
    /// <param name="sampleWeight">The column of the sample weights, or one per output by name; none by default.</param>
    /// <param name="batchSize">Samples per batch; 32 by default.</param>
    /// <param name="prefetch">Number of batches to prefetch; if null (default), as many as fit in 1 MB, from 2 to 64.</param>
    /// <param name="options">How the file is formatted, and how words and missing values are converted.</param>
    /// <remarks>Rows are read in file order. Unused columns may contain anything.</remarks>
    public static Dataset FromCsv(
        string path, Columns? target, Columns? features = null, Columns? sampleWeight = null, int batchSize = 32, int? prefetch = null,
        CsvOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        CheckCounts(null, prefetch ?? 0);
        return new CsvDataset(path, target, features, sampleWeight, Checked(options), batchSize, prefetch);
    }

    /// <summary>
    /// Finds the distinct words in a column of a CSV file, in ordinal order, for <see cref="CsvOptions.Categories"/>.
    /// </summary>
    /// <param name="path">The file; it is read completely.</param>
    /// <param name="column">The column.</param>
    /// <param name="options">How the file is formatted.</param>
    public static IReadOnlyList<string> CategoriesInCsv(string path, string column, CsvOptions? options = null)
    {
        using var file = new CsvNumbers(path, Checked(options));
        int index = file.ColumnOf(column, nameof(column));
        var words = new SortedSet<string>(StringComparer.Ordinal);
        while (file.ReadWord(index) is { } word)
        {
            words.Add(word);
        }

        return [.. words];
    }

    /// <summary>
    /// Converts a data loader whose samples contain <c>data</c> and <c>label</c>, as those of TorchSharp's own datasets do.
    /// </summary>
    public static implicit operator Dataset(DataLoader loader) => From(loader);

    /// <summary>Converts a data loader that yields the input, the target and, optionally, the sample weights.</summary>
    public static implicit operator Dataset(IterableDataLoader loader) => From(
        loader,
        sample => new Batch(sample[0], sample.Count > 1 ? sample[1] : null, sample.Count > 2 ? sample[2] : null, leaveOpen: true));

    /// <summary>Opens the data for a model.</summary>
    /// <param name="layout">How the model expects its batches.</param>
    internal abstract BatchSource Open(BatchLayout layout);

    private static TorchSharp.torch.Tensor Entry(Dictionary<string, TorchSharp.torch.Tensor> sample, string key) =>
        sample.TryGetValue(key, out torch.Tensor? tensor)
        ? tensor
        : throw new ArgumentException($"The data loader's samples have no key '{key}'. {NearestName.Hint(key, sample.Keys)}", nameof(key));

    private static CsvOptions Checked(CsvOptions? options)
    {
        options ??= new CsvOptions();
        if (options.Separator is '"' or '\n' or '\r' or > '\x7f' || (options.DecimalComma && options.Separator == ','))
        {
            throw new ArgumentException($"The separator '{options.Separator}' is not allowed; use a comma (unless numbers use a decimal "
                + "comma), semicolon, tab, vertical bar or another ASCII character.", nameof(options));
        }

        return options;
    }

    private static void CheckCounts(int? count, int prefetch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count ?? 1, 1, nameof(count));
        ArgumentOutOfRangeException.ThrowIfNegative(prefetch);
    }
}

using TorchSharp;
using TorchSharp.Modules;

namespace Cairn.Data;

/// <summary>Data that stream into <c>Fit</c>, <c>Evaluate</c> and <c>Predict</c> batch by batch, from memory, files or code of one's own.</summary>
/// <remarks>
/// A dataset only says where the data are. Each <c>Fit</c> reads them anew, once an epoch, a few batches ahead of the training on a thread of
/// its own. Only arrays and NPY files are shuffled; other data come in their order, as in Keras.
/// </remarks>
public abstract class Dataset
{
    private protected Dataset()
    {
    }

    /// <summary>How many batches are read ahead where nothing else is said.</summary>
    internal const int ReadAhead = 2;

    /// <summary>Arrays in memory.</summary>
    /// <param name="x">Inputs, <c>[samples, ...]</c>; several in the model's order or by name.</param>
    /// <param name="y">Targets, likewise; null for prediction.</param>
    /// <param name="sampleWeight">A weight for each sample, <c>[samples]</c>; one array for all outputs or one for each.</param>
    /// <param name="batchSize">Samples a batch, 1 or more; 32 by default. The last batch takes what is left.</param>
    public static Dataset From(NDArrays x, NDArrays? y = null, NDArrays? sampleWeight = null, int batchSize = 32)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        return new ArrayDataset(x, y, sampleWeight, batchSize);
    }

    /// <summary>Batches that code hands out, such as an iterator's; asked anew for each epoch.</summary>
    /// <param name="batches">
    /// The batches. An array or list stays the caller's; batches of a lazy sequence are freed when they have been used, see <see cref="Batch"/>.
    /// </param>
    /// <param name="count">How many there are, where that is known: then an epoch takes so many, and the progress bar knows its end.</param>
    /// <param name="prefetch">How many batches the sequence is ahead of the training, on another thread; 2 by default. 0 runs it in between, on the thread of the training.</param>
    public static Dataset From(IEnumerable<Batch> batches, int? count = null, int prefetch = ReadAhead)
    {
        ArgumentNullException.ThrowIfNull(batches);
        CheckCounts(count, prefetch);
        return new SequenceDataset(batches, count, prefetch);
    }

    /// <summary>Batches that asynchronous code hands out; asked anew for each epoch, and cancelled when training ends before its end.</summary>
    /// <param name="batches">The batches; they are freed when they have been used, see <see cref="Batch"/>.</param>
    /// <param name="count">How many there are, where that is known.</param>
    /// <param name="prefetch">How many batches the sequence is ahead of the training; 2 by default, at least 1, since it runs on a thread of its own.</param>
    public static Dataset From(IAsyncEnumerable<Batch> batches, int? count = null, int prefetch = ReadAhead)
    {
        ArgumentNullException.ThrowIfNull(batches);
        CheckCounts(count, prefetch);
        ArgumentOutOfRangeException.ThrowIfLessThan(prefetch, 1);
        return new AsyncSequenceDataset(batches, count, prefetch);
    }

    /// <summary>A TorchSharp data loader whose samples are dictionaries.</summary>
    /// <param name="loader">The loader; it shuffles by itself, and stays the caller's.</param>
    /// <param name="x">The key of the input.</param>
    /// <param name="y">The key of the target; null for prediction.</param>
    /// <param name="sampleWeight">The key of the samples' weights; none by default.</param>
    /// <param name="prefetch">How many batches it is ahead of the training; 2 by default.</param>
    public static Dataset From(DataLoader loader, string x = "data", string? y = "label", string? sampleWeight = null,
        int prefetch = ReadAhead) => From(
        loader,
        sample => new Batch(Entry(sample, x), y is null ? null : Entry(sample, y),
        sampleWeight is null ? null : Entry(sample, sampleWeight), leaveOpen: true),
        prefetch);

    /// <summary>A TorchSharp data loader of any kind of sample.</summary>
    /// <typeparam name="TSample">What its data set gives for one sample.</typeparam>
    /// <typeparam name="TCollated">What its collating function makes of several.</typeparam>
    /// <param name="loader">The loader; it shuffles by itself, and stays the caller's.</param>
    /// <param name="batch">Makes a batch of what the loader gives; with <c>leaveOpen: true</c>, since the loader frees its tensors itself.</param>
    /// <param name="prefetch">How many batches it is ahead of the training; 2 by default.</param>
    public static Dataset From<TSample, TCollated>(DataLoader<TSample, TCollated> loader, Func<TCollated, Batch> batch,
        int prefetch = ReadAhead)
    {
        ArgumentNullException.ThrowIfNull(loader);
        ArgumentNullException.ThrowIfNull(batch);
        return From(loader.Select(batch), checked((int)loader.Count), prefetch);
    }

    /// <summary>Arrays in NumPy's <c>.npy</c> files, which may be larger than memory.</summary>
    /// <param name="x">The file of the inputs, <c>[samples, ...]</c>; several in the model's order or by the names of its inputs.</param>
    /// <param name="y">The file of the targets, likewise; null for prediction.</param>
    /// <param name="sampleWeight">The file of the samples' weights, <c>[samples]</c>: one for all outputs, or one for each; none by default.</param>
    /// <param name="batchSize">Samples a batch; 32 by default.</param>
    /// <param name="prefetch">
    /// How many batches are read ahead, on a thread of its own; 0 for none. By default (null) as many as take 1 MB, 2 to 64; but batches of 512 KB and
    /// more are read between the steps as long as that takes less than a quarter of the time.
    /// </param>
    /// <remarks>Shuffling reads the samples in a random order, the same one as for arrays, which a disk without moving parts does not mind.</remarks>
    public static Dataset FromNpy(ArrayNames x, ArrayNames? y = null, ArrayNames? sampleWeight = null, int batchSize = 32,
        int? prefetch = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        CheckCounts(null, prefetch ?? 0);
        return new NpyDataset(new NpyFiles(x, y, sampleWeight), batchSize, prefetch);
    }

    /// <summary>Arrays in one of NumPy's <c>.npz</c> archives, which may be larger than memory.</summary>
    /// <param name="path">The archive. Its large members are unpacked to temporary files while it is in use, where they are compressed.</param>
    /// <param name="x">The name of the inputs, <c>[samples, ...]</c>, in the archive; several in the model's order or by the names of its inputs.</param>
    /// <param name="y">The name of the targets, likewise; null (default) for prediction.</param>
    /// <param name="sampleWeight">The name of the samples' weights, <c>[samples]</c>: one for all outputs, or one for each; none by default.</param>
    /// <param name="batchSize">Samples a batch; 32 by default.</param>
    /// <param name="prefetch">
    /// How many batches are read ahead, on a thread of its own; 0 for none. By default (null) as many as take 1 MB, 2 to 64; but batches of 512 KB and
    /// more are read between the steps as long as that takes less than a quarter of the time.
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

    /// <summary>Rows of numbers in a comma-separated file, which may be larger than memory.</summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="target">
    /// The column of the targets, <c>[samples]</c>, or several, <c>[samples, columns]</c>; for a model with several outputs, by their names;
    /// null for prediction.
    /// </param>
    /// <param name="features">The columns of the input in their order; for a model with several inputs, by their names; all that are neither target nor weight by default.</param>
    /// <param name="sampleWeight">The column of the samples' weights, or one for each output by its name; none by default.</param>
    /// <param name="batchSize">Samples a batch; 32 by default.</param>
    /// <param name="prefetch">How many batches are read ahead; by default (null) as many as take 1 MB, 2 to 64.</param>
    /// <param name="options">How the file is written, and what its words and gaps stand for.</param>
    /// <remarks>Rows come in the file's order. Columns that are not used may hold anything.</remarks>
    public static Dataset FromCsv(
        string path, Columns? target, Columns? features = null, Columns? sampleWeight = null, int batchSize = 32, int? prefetch = null,
        CsvOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        CheckCounts(null, prefetch ?? 0);
        return new CsvDataset(path, target, features, sampleWeight, Checked(options), batchSize, prefetch);
    }

    /// <summary>The words that a column of a comma-separated file holds, each once, in ordinal order: for <see cref="CsvOptions.Categories"/>.</summary>
    /// <param name="path">The file; it is read whole.</param>
    /// <param name="column">The column.</param>
    /// <param name="options">How the file is written.</param>
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

    /// <summary>A data loader whose samples hold <c>data</c> and <c>label</c>, as TorchSharp's own data sets do.</summary>
    public static implicit operator Dataset(DataLoader loader) => From(loader);

    /// <summary>A data loader that gives the input, the target and, where there is a third, the samples' weights.</summary>
    public static implicit operator Dataset(IterableDataLoader loader) => From(
        loader,
        sample => new Batch(sample[0], sample.Count > 1 ? sample[1] : null, sample.Count > 2 ? sample[2] : null, leaveOpen: true));

    /// <summary>Opens the data for a model.</summary>
    /// <param name="layout">How the model wants its batches.</param>
    internal abstract BatchSource Open(BatchLayout layout);

    private static TorchSharp.torch.Tensor Entry(Dictionary<string, TorchSharp.torch.Tensor> sample, string key) =>
        sample.TryGetValue(key, out torch.Tensor? tensor)
        ? tensor
        : throw new ArgumentException($"The data loader gives nothing named '{key}'. {NearestName.Hint(key, sample.Keys)}", nameof(key));

    private static CsvOptions Checked(CsvOptions? options)
    {
        options ??= new CsvOptions();
        if (options.Separator is '"' or '\n' or '\r' or > '\x7f' || (options.DecimalComma && options.Separator == ','))
        {
            throw new ArgumentException($"The separator '{options.Separator}' can't be told from the values; a comma (where numbers have "
                + "none), semicolon, tab, bar or another sign of ASCII is allowed.", nameof(options));
        }

        return options;
    }

    private static void CheckCounts(int? count, int prefetch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count ?? 1, 1, nameof(count));
        ArgumentOutOfRangeException.ThrowIfNegative(prefetch);
    }
}

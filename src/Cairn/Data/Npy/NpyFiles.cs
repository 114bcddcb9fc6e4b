using System.IO.Compression;
using Cairn.Saving;

namespace Cairn.Data;

/// <summary>The files, or the members of an <c>.npz</c> archive, that contain the inputs, targets and weights.</summary>
internal sealed record NpyFiles(ArrayNames X, ArrayNames? Y, ArrayNames? Weight, string? Archive = null)
{
    /// <summary>Opens all files in model order, and checks that they have the same number of samples.</summary>
    public NpyRowSet Open(BatchLayout layout)
    {
        IReadOnlyList<string> inputs = ModelOrder.All(X, X.Names, layout.InputNames, "x", "input");
        IReadOnlyList<string> targets = Y is null ? [] : ModelOrder.All(Y, Y.Names, layout.OutputNames, "y", "output");
        IReadOnlyList<string?> weights = Weight is null ? [] : ModelOrder.Weights(Weight, Weight.Names, layout.OutputNames, "sampleWeight");
        WeightSource? archive = Archive is null ? null : WeightSource.Open(Archive);
        var opened = new List<NpyRows>();
        try
        {
            string[] names = [.. inputs, .. targets, .. weights.OfType<string>()];
            if (archive is null)
            {
                opened.AddRange(names.Select(name => new NpyRows(WeightSource.Open(name), name)));
            }
            else
            {
                OpenMembers(archive, names, opened);
            }

            if (opened.Find(rows => rows.Count != opened[0].Count) is { } other)
            {
                throw new ArgumentException($"'{opened[0].Name}' has {opened[0].Count} samples but '{other.Name}' has {other.Count}; they "
                    + "must be equal.");
            }

            var rest = new Queue<NpyRows>(opened.Skip(inputs.Count + targets.Count));
            if (rest.FirstOrDefault(rows => rows.Shape is not ({ Rank: 1 } or [_, 1])) is { } several)
            {
                throw new ArgumentException($"'{several.Name}' has the shape {several.Shape}; weights must be one number per sample.");
            }

            return new NpyRowSet(
                [.. opened.Take(inputs.Count)], [.. opened.Skip(inputs.Count).Take(targets.Count)],
                [.. weights.Select(name => name is null ? null : rest.Dequeue())], archive);
        }
        catch
        {
            opened.ForEach(rows => rows.Dispose());
            archive?.Dispose();
            throw;
        }
    }

    private void OpenMembers(WeightSource file, string[] names, List<NpyRows> opened)
    {
        var stream = new SourceStream(file);
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            var members = new ZipMembers(archive, file, stream, FileLimits.Default);
            foreach (string name in names)
            {
                WeightSource content = members.Content($"{name}.npy", out Task check);
                opened.Add(new NpyRows(content, $"{Archive}/{name}.npy"));

                // Before the first epoch, not in parallel: a damaged array must be reported before anything is trained on it.
                check.GetAwaiter().GetResult();
            }
        }
        catch (InvalidDataException exception)
        {
            throw new ModelFormatException($"the file is not a zip archive, or it is damaged: {exception.Message}", Archive,
                innerException: exception);
        }
    }
}

using System.IO.Compression;
using Cairn.Saving;

namespace Cairn.Data;

/// <summary>Which files, or which members of one <c>.npz</c> archive, hold the inputs, targets and weights.</summary>
internal sealed record NpyFiles(IReadOnlyList<string> Inputs, IReadOnlyList<string> Targets, string? Weight, string? Archive = null)
{
    /// <summary>Opens all of them, and sees to it that they hold as many samples.</summary>
    public NpyRowSet Open()
    {
        WeightSource? archive = Archive is null ? null : WeightSource.Open(Archive);
        var opened = new List<NpyRows>();
        try
        {
            if (archive is null) opened.AddRange(Names.Select(name => new NpyRows(WeightSource.Open(name), name)));
            else OpenMembers(archive, opened);
            foreach ((NpyRows rows, string name) in opened.Zip(Names))
            {
                if (rows.Count != opened[0].Count)
                {
                    throw new ArgumentException($"'{Inputs[0]}' holds {opened[0].Count} samples and '{name}' holds {rows.Count}; they must be as many.");
                }
            }

            NpyRows? weight = Weight is null ? null : opened[^1];
            if (weight is { Shape.Rank: not 1 }) throw new ArgumentException($"'{Weight}' has the shape {weight.Shape}; weights are one number a sample.");
            return new NpyRowSet([.. opened.Take(Inputs.Count)], [.. opened.Skip(Inputs.Count).Take(Targets.Count)], weight, archive);
        }
        catch
        {
            opened.ForEach(rows => rows.Dispose());
            archive?.Dispose();
            throw;
        }
    }

    private IEnumerable<string> Names => [.. Inputs, .. Targets, .. (IEnumerable<string>)(Weight is null ? [] : [Weight])];

    private void OpenMembers(WeightSource file, List<NpyRows> opened)
    {
        var stream = new SourceStream(file);
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            var members = new ZipMembers(archive, file, stream, FileLimits.Default);
            foreach (string name in Names)
            {
                WeightSource content = members.Content($"{name}.npy", out Task check);
                opened.Add(new NpyRows(content, $"{Archive}/{name}.npy"));

                // Before the first epoch, not beside it: a damaged array is told before anything is trained on it.
                check.GetAwaiter().GetResult();
            }
        }
        catch (InvalidDataException exception)
        {
            throw new ModelFormatException($"it is no zip archive, or a damaged one: {exception.Message}", Archive, innerException: exception);
        }
    }
}

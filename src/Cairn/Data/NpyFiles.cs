using System.IO.Compression;
using Cairn.Saving;

namespace Cairn.Data;

/// <summary>Which files, or which members of one <c>.npz</c> archive, hold the inputs, targets and weights.</summary>
internal sealed record NpyFiles(IReadOnlyList<string> Inputs, IReadOnlyList<string> Targets, string? Weight, string? Archive = null)
{
    /// <summary>Opens all of them, and sees to it that they hold as many samples.</summary>
    public NpyRowSet Open()
    {
        var opened = new List<NpyRows>();
        FileStream? stream = null;
        try
        {
            stream = Archive is null ? null : OpenArchive(Archive);
            using ZipArchive? archive = stream is null ? null : new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            ZipMembers? members = archive is null ? null : new ZipMembers(archive, Archive, FileLimits.Default);
            foreach (string name in (IEnumerable<string>)[.. Inputs, .. Targets, .. Weight is null ? Array.Empty<string>() : [Weight]])
            {
                opened.Add(members is null ? NpyRows.Open(name) : new NpyRows(members.Content($"{name}.npy"), $"{Archive}/{name}.npy"));
                if (opened[^1].Count != opened[0].Count)
                {
                    throw new ArgumentException($"'{Inputs[0]}' holds {opened[0].Count} samples and '{name}' holds {opened[^1].Count}; they must be as many.");
                }
            }

            NpyRows? weight = Weight is null ? null : opened[^1];
            if (weight is { Shape.Rank: not 1 }) throw new ArgumentException($"'{Weight}' has the shape {weight.Shape}; weights are one number a sample.");
            return new NpyRowSet([.. opened.Take(Inputs.Count)], [.. opened.Skip(Inputs.Count).Take(Targets.Count)], weight);
        }
        catch (InvalidDataException exception)
        {
            opened.ForEach(rows => rows.Dispose());
            throw new ModelFormatException($"it is no zip archive, or a damaged one: {exception.Message}", Archive, innerException: exception);
        }
        catch
        {
            opened.ForEach(rows => rows.Dispose());
            throw;
        }
        finally
        {
            stream?.Dispose();
        }
    }

    private static FileStream OpenArchive(string path) => File.Exists(path)
        ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read)
        : throw new FileNotFoundException($"There is no file '{path}'.", path);
}

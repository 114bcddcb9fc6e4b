using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;

namespace Cairn.Saving.Runs;

/// <summary>
/// The last backup of each completed run, kept next to the backup folder until the program ends. A program that is killed after one of its
/// runs completed, and is started again, finds that run here and does not repeat it.
/// </summary>
internal sealed class FinishedRuns
{
    private const string Ending = ".finished";
    private const string Backup = ".backup";
    private const int NumberDigits = 6;
    private const int RandomCharacters = 8;

    // The files that this program has added or claimed, and whether each is deleted when the program ends.
    private static readonly ConcurrentDictionary<string, Kept> OfThisProgram = new(StringComparer.Ordinal);
    private readonly string backups;
    private readonly string beside;
    private readonly string within;

    static FinishedRuns() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        // A program that ends with an error may be started again to resume.
        if (Environment.ExitCode == 0)
        {
            Forget(OfThisProgram.Where(pair => pair.Value.GoesWithProgram));
        }
    };

    /// <summary>Creates the finished runs of a backup folder.</summary>
    /// <param name="backups">The full path of the backup folder.</param>
    /// <param name="runName">The name of the run in that folder; null for the only one.</param>
    public FinishedRuns(string backups, string? runName)
    {
        this.backups = backups;
        within = Path.Combine(backups, Ending, runName ?? "");
        beside = Path.GetDirectoryName(backups) is { } parent
            ? Path.Combine(parent, "." + Path.GetFileName(backups) + Ending, runName ?? "") : within;
    }

    /// <summary>Whether there is a finished run, under any name.</summary>
    public bool Any =>
        new[] { beside, within }.Any(folder => Directory.Exists(folder)
        && Directory.EnumerateFiles(folder, "*" + Backup, SearchOption.AllDirectories).Any());

    /// <summary>The files that this program has neither added nor claimed, oldest first.</summary>
    public IEnumerable<string> Untaken() => Files().Where(file => !OfThisProgram.ContainsKey(file));

    /// <summary>Claims a file: it belongs to a run of this program.</summary>
    public void Take(string file, bool goesWithProgram) => OfThisProgram[file] = new Kept(backups, goesWithProgram);

    /// <summary>Whether a file, wherever it is, is the last backup of a run that this program has completed.</summary>
    public static bool IsOfThisProgram(string file) => OfThisProgram.ContainsKey(file);

    /// <summary>Claims a backup that stays in place: it belongs to a run that this program has completed.</summary>
    public void Completed(string file) => Take(file, goesWithProgram: false);

    /// <summary>Moves the last backup of a run here. If that fails, the file is still in one of the two places.</summary>
    /// <exception cref="IOException">The file can't be moved.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission to move the file.</exception>
    public void Add(string backup, bool goesWithProgram)
    {
        // A mounted folder may be persistent while the folder around it is not.
        bool isApart = Path.GetDirectoryName(backups) is not { } parent || !UnixFile.AreOnOneDevice(backups, parent);
        try
        {
            Move(backup, isApart ? within : beside, goesWithProgram);
        }
        catch (Exception exception) when (!isApart && exception is UnauthorizedAccessException)
        {
            Move(backup, within, goesWithProgram);
        }
    }

    /// <summary>Deletes the files of other programs; called when a different run begins.</summary>
    public void DeleteUntaken() => Delete([.. Untaken()]);

    /// <summary>Drops this program's claims on a folder, as if another program had made them; for tests.</summary>
    internal static void ForgetTaken(string backups)
    {
        foreach (string file in OfThisProgram.Where(pair => pair.Value.Backups == backups).Select(pair => pair.Key))
        {
            OfThisProgram.TryRemove(file, out _);
        }
    }

    /// <summary>Deletes the finished runs of this program in a folder.</summary>
    public static void ForgetAll(string backups) =>
        Forget(OfThisProgram.Where(pair => pair.Value.Backups == backups && pair.Key.Contains(Ending, StringComparison.Ordinal)),
        always: true);

    private void Move(string backup, string folder, bool goesWithProgram)
    {
        FileSystem files = FileSystem.Current;
        files.CreateFolder(folder);
        long number = Files().Select(NumberOf).DefaultIfEmpty(0).Max() + 1;
        string random = RandomNumberGenerator.GetHexString(RandomCharacters, lowercase: true);
        string target = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{number:000000}-{random}{Backup}"));
        files.Rename(backup, target);
        Take(target, goesWithProgram);
        files.FlushFolder(folder);
        files.FlushFolder(Path.GetDirectoryName(backup)!);
    }

    private IEnumerable<string> Files() => new[] { beside, within }.Distinct().Where(Directory.Exists)
        .SelectMany(FileSystem.Current.FilesOf).Where(file => file.EndsWith(Backup, StringComparison.Ordinal)).OrderBy(NumberOf);

    private static long NumberOf(string file) =>
        Path.GetFileName(file) is { Length: > NumberDigits } name
        && long.TryParse(name.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : long.MaxValue;

    private static void Forget(IEnumerable<KeyValuePair<string, Kept>> found, bool always = false)
    {
        foreach (IGrouping<string, KeyValuePair<string, Kept>> folder in found.ToArray().GroupBy(pair => pair.Value.Backups))
        {
            // A run was interrupted: if the program is started again, it also needs the runs that completed before.
            if (!always && Directory.Exists(folder.Key)
                && Directory.EnumerateFiles(folder.Key, "run-*" + Backup, SearchOption.AllDirectories).Any())
            {
                continue;
            }

            Delete(folder.Select(pair => pair.Key));
        }
    }

    private static void Delete(IEnumerable<string> files)
    {
        foreach (string file in files)
        {
            try
            {
                FileSystem.Current.Delete(file);
                OfThisProgram.TryRemove(file, out _);

                // The folder of the run name, and the common folder if no other run is left in it.
                for (string folder = Path.GetDirectoryName(file)!;
                    folder.Contains(Ending, StringComparison.Ordinal) && Directory.Exists(folder)
                    && !Directory.EnumerateFileSystemEntries(folder).Any();
                    folder = Path.GetDirectoryName(folder)!)
                {
                    Directory.Delete(folder);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The next program claims or deletes the remaining files.
            }
        }
    }

    private sealed record Kept(string Backups, bool GoesWithProgram);
}

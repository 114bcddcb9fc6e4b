using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;

namespace Cairn.Saving.Runs;

/// <summary>
/// The last backup of each run that has ended, kept beside the folder of the backups until the program ends: a program that is killed after
/// one of its runs had ended finds there, started again, that it had.
/// </summary>
internal sealed class FinishedRuns
{
    private const string Ending = ".finished";
    private const string Backup = ".backup";
    private const int NumberDigits = 6;
    private const int RandomCharacters = 8;

    // What this program has put there or taken from there, and whether it goes when the program ends.
    private static readonly ConcurrentDictionary<string, Kept> OfThisProgram = new(StringComparer.Ordinal);
    private readonly string backups;
    private readonly string beside;
    private readonly string within;

    static FinishedRuns() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        // Who ends with an error may be started again, to go on.
        if (Environment.ExitCode == 0)
        {
            Forget(OfThisProgram.Where(pair => pair.Value.GoesWithProgram));
        }
    };

    /// <summary>Those of a folder.</summary>
    /// <param name="backups">The full path of the folder of the backups.</param>
    /// <param name="runName">The name of the run in that folder; null for the only one.</param>
    public FinishedRuns(string backups, string? runName)
    {
        this.backups = backups;
        within = Path.Combine(backups, Ending, runName ?? "");
        beside = Path.GetDirectoryName(backups) is { } parent
            ? Path.Combine(parent, "." + Path.GetFileName(backups) + Ending, runName ?? "") : within;
    }

    /// <summary>Whether there is any, of whatever run.</summary>
    public bool Any =>
        new[] { beside, within }.Any(folder => Directory.Exists(folder)
        && Directory.EnumerateFiles(folder, "*" + Backup, SearchOption.AllDirectories).Any());

    /// <summary>Those that this program has neither left nor taken, oldest first.</summary>
    public IEnumerable<string> Untaken() => Files().Where(file => !OfThisProgram.ContainsKey(file));

    /// <summary>Says that a run of this program is the one that a file is of.</summary>
    public void Take(string file, bool goesWithProgram) => OfThisProgram[file] = new Kept(backups, goesWithProgram);

    /// <summary>Whether a file, wherever it is, is the last backup of a run that this program has completed.</summary>
    public static bool IsOfThisProgram(string file) => OfThisProgram.ContainsKey(file);

    /// <summary>Says that a backup, which stays where it is, is that of a run which this program has completed.</summary>
    public void Completed(string file) => Take(file, goesWithProgram: false);

    /// <summary>Puts the last backup of a run here. It is here or where it was, whatever happens.</summary>
    /// <exception cref="IOException">That can't be done.</exception>
    /// <exception cref="UnauthorizedAccessException">That may not be done.</exception>
    public void Add(string backup, bool goesWithProgram)
    {
        // A folder that the system mounts stays, and what is beside it may not outlive the machine.
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

    /// <summary>Deletes what other programs have left: another run begins.</summary>
    public void DeleteUntaken() => Delete([.. Untaken()]);

    /// <summary>Makes this program forget what it knows of a folder, as if it were another one; for tests.</summary>
    internal static void ForgetTaken(string backups)
    {
        foreach (string file in OfThisProgram.Where(pair => pair.Value.Backups == backups).Select(pair => pair.Key))
        {
            OfThisProgram.TryRemove(file, out _);
        }
    }

    /// <summary>Deletes what this program keeps of its runs in the folder.</summary>
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
            // A run was stopped before its end: who starts the program again wants those before it too.
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

                // That of the run's name and, where none of them is left, that of all.
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
                // What stays is found by the next program, which takes it or deletes it.
            }
        }
    }

    private sealed record Kept(string Backups, bool GoesWithProgram);
}

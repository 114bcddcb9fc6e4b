using System.Text;
using Cairn.Saving;

namespace Cairn.Tests.Saving;

public class AtomicFileTests
{
    [Fact]
    public void A_file_appears_with_its_missing_folders_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Folder, "a", "b", "c", "model.h5");

        AtomicFile.Write(path, Text("new"));

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_failure_midway_leaves_the_old_file_and_no_temporary_one()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["model.h5"], "old");

        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder["model.h5"], stream =>
        {
            stream.Write(new byte[1_000_000]);
            throw new InvalidOperationException("midway");
        }));

        Assert.Equal("midway", exception.Message);
        Assert.Equal("old", File.ReadAllText(folder["model.h5"]));
        Assert.Single(Directory.GetFileSystemEntries(folder.Folder));
    }

    [Fact]
    public void Until_the_writing_is_done_readers_see_the_old_file()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["model.h5"], "old");

        AtomicFile.Write(folder["model.h5"], stream =>
        {
            Text("new")(stream);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(folder["model.h5"]));
        });

        Assert.Equal("new", File.ReadAllText(folder["model.h5"]));
    }

    [Fact]
    public void A_folder_as_target_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["model.h5"]);

        IOException exception = Assert.Throws<IOException>(() => AtomicFile.Write(folder["model.h5"], Text("new")));

        Assert.Contains("it is a folder", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder["model.h5"]));
    }

    [Fact]
    public void A_file_where_a_folder_should_be_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["runs"], "not a folder");

        IOException exception = Assert.Throws<IOException>(() => AtomicFile.Write(Path.Combine(folder["runs"], "model.h5"), Text("new")));

        Assert.Contains(folder["runs"], exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Temporary_files_of_a_killed_process_are_removed_only_by_the_next_save_of_the_same_file()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[".model.h5.cairn-tmp-0123456789ab"], "half");
        File.WriteAllText(folder[".other.h5.cairn-tmp-0123456789ab"], "of another file");

        AtomicFile.Write(folder["model.h5"], Text("new"));

        Assert.Equal(
            [".other.h5.cairn-tmp-0123456789ab", "model.h5"],
            Directory.GetFiles(folder.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Files_being_written_by_another_process_are_kept()
    {
        using var folder = new TemporaryFolder();

        // The lock belongs to the open file, not to the process, so a second writer stands for a second process.
        AtomicFile.Write(folder["model.h5"], stream =>
        {
            Text("slow")(stream);
            AtomicFile.Write(folder["model.h5"], Text("quick"));
            Assert.Equal("quick", File.ReadAllText(folder["model.h5"]));
        });

        Assert.Equal("slow", File.ReadAllText(folder["model.h5"]));
        Assert.Single(Directory.GetFileSystemEntries(folder.Folder));
    }

    [Fact]
    public void A_name_as_long_as_the_file_system_allows_can_be_saved()
    {
        using var folder = new TemporaryFolder();
        string path = folder[new string('n', 252) + ".h5"];

        AtomicFile.Write(path, Text("new"));

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Throws<PathTooLongException>(() => AtomicFile.Write(folder[new string('n', 300) + ".h5"], Text("new")));
        Assert.Single(Directory.GetFileSystemEntries(folder.Folder));
    }

    [Fact]
    public void A_link_stays_a_link_and_the_file_behind_it_is_replaced()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "making links needs rights on Windows");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["real"]);
        File.WriteAllText(Path.Combine(folder["real"], "model.h5"), "old");
        File.CreateSymbolicLink(folder["latest.h5"], Path.Combine("real", "model.h5"));

        AtomicFile.Write(folder["latest.h5"], Text("new"));

        Assert.NotNull(new FileInfo(folder["latest.h5"]).LinkTarget);
        Assert.Equal("new", File.ReadAllText(Path.Combine(folder["real"], "model.h5")));
    }

    [Fact]
    public void The_permissions_of_the_replaced_file_stay()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix permissions");
        if (OperatingSystem.IsWindows())
        {
            return; // Said again for the analyzer.
        }

        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["model.h5"], "old");
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        File.SetUnixFileMode(folder["model.h5"], Mode);

        AtomicFile.Write(folder["model.h5"], Text("new"));

        Assert.Equal(Mode, File.GetUnixFileMode(folder["model.h5"]));
    }

    [Fact]
    public void A_folder_without_write_permission_is_named()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "needs Unix and a user without all rights");
        if (OperatingSystem.IsWindows())
        {
            return; // Said again for the analyzer.
        }

        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["locked"]);
        File.SetUnixFileMode(folder["locked"], UnixFileMode.UserRead | UnixFileMode.UserExecute);

        UnauthorizedAccessException exception = Assert.Throws<UnauthorizedAccessException>(
            () => AtomicFile.Write(Path.Combine(folder["locked"], "model.h5"), Text("new")));

        Assert.Contains("permission", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_is_full_leaves_the_old_file()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs /dev/full");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["model.h5"], "old");

        Assert.Throws<IOException>(() => AtomicFile.Write(folder["model.h5"], _ =>
        {
            using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            full.Write("new"u8);
        }));

        Assert.Equal("old", File.ReadAllText(folder["model.h5"]));
        Assert.Single(Directory.GetFileSystemEntries(folder.Folder));
    }

    private static Action<Stream> Text(string text) => stream => stream.Write(Encoding.UTF8.GetBytes(text));
}

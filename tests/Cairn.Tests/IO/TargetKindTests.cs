using System.Diagnostics;
using System.Net.Sockets;
using Cairn.Callbacks;
using Cairn.Saving;
using Cairn.Tests.Data;

namespace Cairn.Tests.Saving;

/// <summary>Only regular files are replaced; owner, group and mode are kept.</summary>
public sealed class TargetKindTests
{
    public static TheoryData<string, bool> Kinds => new()
    {
        { "device", false },
        { "device", true },
        { "FIFO", false },
        { "FIFO", true },
        { "socket", false },
        { "socket", true },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Targets_that_are_not_regular_files_are_refused_by_name_and_kept(string kind, bool throughLink)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs the kinds of files of Unix");
        using var folder = new TemporaryFolder();
        using Socket? socket = Make(kind, folder["real"]);
        string target = folder["real"];
        if (throughLink)
        {
            File.CreateSymbolicLink(target = folder["link.h5"], folder["real"]);
        }

        using Sequential model = SmallData.Model();
        Action[] writers =
        [
            () => AtomicFile.Write(target, stream => stream.Write("new"u8)),
            () => model.Fit(SmallData.X, SmallData.Y, verbose: 0, callbacks: [new CSVLogger(target)]),
            () => model.Fit(SmallData.X, SmallData.Y, verbose: 0, callbacks: [new CSVLogger(target, append: true)]),
            .. throughLink
                ? (Action[])[() => model.Save(target),
                () => model.Fit(SmallData.X, SmallData.Y, verbose: 0, callbacks: [new ModelCheckpoint(target, monitor: "loss")])]
                : [],
        ];
        foreach (Action write in writers)
        {
            IOException exception = Assert.Throws<IOException>(write);
            Assert.Contains(target, exception.Message, StringComparison.Ordinal);
            Assert.Contains(kind, exception.Message, StringComparison.Ordinal);
            Assert.Equal(Describe(kind), Kind(folder["real"]));
            Assert.Equal(throughLink ? 2 : 1, Directory.GetFileSystemEntries(folder.Folder).Length);
        }
    }

    [Fact]
    public void A_circular_link_is_reported_with_the_path()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "making links needs rights on Windows");
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder["a"], folder["b"]);
        File.CreateSymbolicLink(folder["b"], folder["a"]);
        IOException exception = Assert.Throws<IOException>(() => AtomicFile.Write(folder["a"], stream => stream.Write("new"u8)));
        Assert.Contains($"Cannot save '{folder["a"]}'", exception.Message);
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Folder).Length);
    }

    [Fact]
    public void The_owner_the_group_and_the_mode_of_what_is_replaced_stay()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs Linux and the right to give files away");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["model.h5"], "old");
        Run("chown", "12345:23456", folder["model.h5"]);
        Run("chmod", "2640", folder["model.h5"]);

        AtomicFile.Write(folder["model.h5"], stream => stream.Write("new"u8));

        Assert.Equal("12345:23456 2640", Run("stat", "-c", "%u:%g %a", folder["model.h5"]));
        Assert.Equal("new", File.ReadAllText(folder["model.h5"]));
    }

    private static Socket? Make(string kind, string path)
    {
        switch (kind)
        {
            case "FIFO":
                Run("mkfifo", path);
                return null;
            case "device":
                // A device made by the test: if this fails, the system's own must not be lost.
                Assert.SkipUnless(TryRun(out _, "mknod", path, "c", "1", "3"), "needs the right to make devices");
                return null;
            default:
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                socket.Bind(new UnixDomainSocketEndPoint(path));
                return socket;
        }
    }

    private static string Describe(string kind) => kind switch { "FIFO" => "fifo", "device" => "character special file", _ => "socket" };

    private static string Kind(string path) => Run("stat", "-c", "%F", path);

    private static string Run(string program, params string[] arguments)
    {
        Assert.True(TryRun(out string output, program, arguments), $"{program} failed");
        return output;
    }

    private static bool TryRun(out string output, string program, params string[] arguments)
    {
        using Process process =
            Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

using Cairn.Build;
using Microsoft.Build.Framework;

namespace Cairn.Tests.Native;

public sealed class MarkGlibcxxWeakTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cairn-mark-").FullName;

    private string Library => Path.Combine(folder, "libLibTorchSharp.so");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_real_library_is_changed_once_and_keeps_its_time_and_mode()
    {
        byte[] original = File.ReadAllBytes(BuiltWith.TorchSharpLibrary);
        File.Copy(BuiltWith.TorchSharpLibrary, Library);
        var time = new DateTime(2024, 2, 29, 12, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(Library, time);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Library, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead);
        }

        Assert.Empty(BuildEngine.Mark(Library).Warnings);

        byte[] marked = File.ReadAllBytes(Library);
        Assert.Equal(MarkerState.Strong, GlibcxxMarker.Inspect(original).State);
        Assert.Equal(MarkerState.Weak, GlibcxxMarker.Inspect(marked).State);
        Assert.Equal(1, original.Zip(marked).Count(pair => pair.First != pair.Second));
        Assert.Equal(time, File.GetLastWriteTimeUtc(Library));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead, File.GetUnixFileMode(Library));
        }

        Assert.Empty(BuildEngine.Mark(Library).Warnings);
        Assert.Equal(marked, File.ReadAllBytes(Library));
        Assert.Equal([Library], Directory.GetFiles(folder));
    }

    [Fact]
    public void Cut_off_anywhere_the_real_library_stays_as_it_is_and_is_named_in_a_warning()
    {
        byte[] whole = File.ReadAllBytes(BuiltWith.TorchSharpLibrary);
        var random = new Random(20260102);
        foreach (int length in Enumerable.Range(0, 60).Select(_ => random.Next(whole.Length)).Append(whole.Length - 1))
        {
            AssertLeftAlone(whole[..length]);
        }
    }

    [Fact]
    public void Cut_off_anywhere_a_small_library_stays_as_it_is_and_is_named_in_a_warning()
    {
        byte[] whole = new ElfBuilder().Build();
        for (int length = 0; length < whole.Length; length += 7)
        {
            AssertLeftAlone(whole[..length]);
        }
    }

    [Fact]
    public void A_library_that_really_uses_the_version_stays_as_it_is() =>
        Assert.Contains("a relocation refers to", AssertLeftAlone(new ElfBuilder { Relocations = [2] }.Build()), StringComparison.Ordinal);

    [Fact]
    public void Foreign_files_stay_as_they_are()
    {
        AssertLeftAlone([]);
        AssertLeftAlone([(byte)'M', (byte)'Z', .. new byte[510]]);
        AssertLeftAlone(new ElfBuilder { Class = 1 }.Build());
        AssertLeftAlone(new ElfBuilder { ByteOrder = 2 }.Build());
        AssertLeftAlone(new ElfBuilder { Machine = 40 }.Build());
    }

    [Fact]
    public void Weak_or_missing_requirements_are_left_without_a_warning()
    {
        foreach (byte[]? bytes in new[] { new ElfBuilder { MarkerFlags = 2 }.Build(),
            new ElfBuilder { Symbols = [("memcpy", "libc.so.6", "GLIBC_2.14")] }.Build() })
        {
            File.WriteAllBytes(Library, bytes);
            Assert.Empty(BuildEngine.Mark(Library).Warnings);
            Assert.Equal(bytes, File.ReadAllBytes(Library));
        }
    }

    [Fact]
    public void A_hard_link_is_broken_and_its_other_name_keeps_its_bytes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the file system call differs");
        string cached = Path.Combine(folder, "cached.so");
        byte[] bytes = new ElfBuilder().Build();
        File.WriteAllBytes(cached, bytes);
        HardLink.Create(cached, Library);

        Assert.Empty(BuildEngine.Mark(Library).Warnings);

        Assert.Equal(bytes, File.ReadAllBytes(cached));
        Assert.Equal(MarkerState.Weak, GlibcxxMarker.Inspect(File.ReadAllBytes(Library)).State);
    }

    [Fact]
    public void A_symbolic_link_becomes_a_file_and_its_target_keeps_its_bytes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        string cached = Path.Combine(folder, "cached.so");
        byte[] bytes = new ElfBuilder().Build();
        File.WriteAllBytes(cached, bytes);
        File.CreateSymbolicLink(Library, cached);

        Assert.Empty(BuildEngine.Mark(Library).Warnings);

        Assert.Equal(bytes, File.ReadAllBytes(cached));
        Assert.Null(new FileInfo(Library).LinkTarget);
        Assert.Equal(MarkerState.Weak, GlibcxxMarker.Inspect(File.ReadAllBytes(Library)).State);
    }

    [Fact]
    public void A_changed_copy_replaces_a_hard_link_and_is_deleted_when_no_longer_needed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the file system call differs");
        string copy = Path.Combine(folder, "obj", "libLibTorchSharp.so");
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        byte[] bytes = new ElfBuilder().Build();
        File.WriteAllBytes(Library, bytes);
        HardLink.Create(Library, copy);

        Assert.Empty(BuildEngine.Mark(Library, copy).Warnings);
        Assert.Equal(bytes, File.ReadAllBytes(Library));
        Assert.Equal(MarkerState.Weak, GlibcxxMarker.Inspect(File.ReadAllBytes(copy)).State);

        File.WriteAllBytes(Library, new ElfBuilder { MarkerFlags = 2 }.Build());
        Assert.Empty(BuildEngine.Mark(Library, copy).Warnings);
        Assert.False(File.Exists(copy));
    }

    [Fact]
    public void Without_a_needed_change_no_copy_and_no_folder_is_created()
    {
        File.WriteAllBytes(Library, new ElfBuilder { MarkerFlags = 2 }.Build());
        Assert.Empty(BuildEngine.Mark(Library, Path.Combine(folder, "obj", "libLibTorchSharp.so")).Warnings);
        Assert.Equal([Library], Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void A_file_named_as_its_own_destination_is_never_deleted()
    {
        byte[] bytes = new ElfBuilder { MarkerFlags = 2 }.Build();
        File.WriteAllBytes(Library, bytes);
        Assert.Empty(BuildEngine.Mark(Library, Path.Combine(folder, ".", "libLibTorchSharp.so")).Warnings);
        Assert.Equal(bytes, File.ReadAllBytes(Library));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_a_warning()
    {
        BuildWarningEventArgs warning = Assert.Single(BuildEngine.Mark(Library).Warnings);
        Assert.Equal("CAIRN001", warning.Code);
        Assert.Contains(Library, warning.Message, StringComparison.Ordinal);
    }

    private string AssertLeftAlone(byte[] bytes)
    {
        File.WriteAllBytes(Library, bytes);
        BuildWarningEventArgs warning = Assert.Single(BuildEngine.Mark(Library).Warnings);
        Assert.Equal("CAIRN001", warning.Code);
        Assert.Equal(Library, warning.File);
        Assert.Contains(Library, warning.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(Library));
        Assert.Equal([Library], Directory.GetFiles(folder));
        return warning.Message!;
    }
}

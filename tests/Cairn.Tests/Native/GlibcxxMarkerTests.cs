using Cairn.Build;

namespace Cairn.Tests.Native;

public class GlibcxxMarkerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_unused_marker_symbol_is_made_weak_by_one_bit_and_then_detected_as_weak(bool oldHashTable)
    {
        byte[] original = new ElfBuilder { OldHashTable = oldHashTable }.Build();
        byte[] expected = new ElfBuilder { OldHashTable = oldHashTable, MarkerFlags = 2 }.Build();

        byte[] file = original.ToArray();
        var marker = GlibcxxMarker.Inspect(file);
        Assert.Equal(MarkerState.Strong, marker.State);
        marker.MakeWeak(file);

        Assert.Equal(expected, file);
        Assert.Equal(1, original.Zip(file).Count(pair => pair.First != pair.Second));
        Assert.Equal(MarkerState.Weak, GlibcxxMarker.Inspect(file).State);
    }

    [Fact]
    public void Other_flags_of_the_entry_are_kept()
    {
        byte[] file = new ElfBuilder { MarkerFlags = 1 }.Build();
        GlibcxxMarker.Inspect(file).MakeWeak(file);
        Assert.Equal(new ElfBuilder { MarkerFlags = 3 }.Build(), file);
    }

    [Fact]
    public void A_library_that_does_not_require_the_version_is_not_changed()
    {
        var file = new ElfBuilder
        { Symbols = [("memcpy", "libc.so.6", "GLIBC_2.14"), ("a", "libstdc++.so.6", "GLIBCXX_3.4"), ("b", null, null)] };
        Assert.Equal(MarkerState.NotNeeded, GlibcxxMarker.Inspect(file.Build()).State);
    }

    [Fact]
    public void The_version_of_another_library_is_not_ours()
    {
        var file = new ElfBuilder
        { Symbols = [("a", "libother.so.1", "GLIBCXX_3.4.32"), ("memcpy", "libc.so.6", "GLIBC_2.14"), ("b", null, null)] };
        Assert.Equal(MarkerState.NotNeeded, GlibcxxMarker.Inspect(file.Build()).State);
    }

    [Fact]
    public void A_relocation_that_uses_the_marker_forbids_the_change() =>
        AssertUntouchable(new ElfBuilder { Relocations = [1, 2] }.Build(), $"a relocation refers to {ElfBuilder.Marker}");

    [Fact]
    public void A_plt_relocation_that_uses_the_marker_forbids_the_change() =>
        AssertUntouchable(new ElfBuilder { PltRelocations = [3, 2, 1] }.Build(), $"a relocation refers to {ElfBuilder.Marker}");

    [Fact]
    public void A_second_symbol_of_the_version_forbids_the_change() =>
        AssertUntouchable(new ElfBuilder
        {
            Symbols = [(ElfBuilder.Marker, "libstdc++.so.6", "GLIBCXX_3.4.32"), ("really_used", "libstdc++.so.6", "GLIBCXX_3.4.32"),
                ("c", null, null)],
        }.Build(), "really_used");

    [Fact]
    public void Another_symbol_instead_of_the_marker_forbids_the_change() =>
        AssertUntouchable(new ElfBuilder
        {
            Symbols = [("memcpy", "libc.so.6", "GLIBC_2.14"), ("really_used", "libstdc++.so.6", "GLIBCXX_3.4.32"), ("c", null, null)],
        }.Build(), "really_used");

    [Fact]
    public void A_file_for_another_processor_is_named_as_such() =>
        AssertUntouchable(new ElfBuilder { Machine = 183 }.Build(), "another processor");

    [Fact]
    public void A_32_bit_file_is_named_as_such() => AssertUntouchable(new ElfBuilder { Class = 1 }.Build(), "not a 64-bit");

    [Fact]
    public void A_big_endian_file_is_named_as_such() => AssertUntouchable(new ElfBuilder { ByteOrder = 2 }.Build(), "not a little-endian");

    [Fact]
    public void A_file_that_is_no_shared_library_is_named_as_such() =>
    AssertUntouchable(new ElfBuilder { Type = 1 }.Build(), "not a shared library");

    [Fact]
    public void A_Windows_library_is_not_an_ELF_file() => AssertUntouchable([(byte)'M', (byte)'Z', .. new byte[510]], "not an ELF file");

    [Fact]
    public void An_empty_file_is_not_an_ELF_file() => AssertUntouchable([], "not an ELF file");

    [Fact]
    public void A_file_truncated_anywhere_is_not_changed()
    {
        byte[] whole = new ElfBuilder().Build();
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Equal(MarkerState.Untouchable, GlibcxxMarker.Inspect(whole[..length]).State);
        }
    }

    [Fact]
    public void No_damage_makes_the_inspection_throw_or_the_change_exceed_one_bit()
    {
        byte[] whole = new ElfBuilder().Build();
        var random = new Random(20260101);
        var seen = new HashSet<MarkerState>();
        for (int i = 0; i < 30_000; i++)
        {
            byte[] file = whole.ToArray();
            for (int damages = random.Next(1, 4); damages > 0; damages--)
            {
                file[random.Next(file.Length)] = (byte)(random.Next(3) switch { 0 => 0, 1 => 0xff, _ => random.Next(256) });
            }

            byte[] before = file.ToArray();
            var marker = GlibcxxMarker.Inspect(file);
            Assert.Equal(before, file);
            seen.Add(marker.State);
            if (marker.State != MarkerState.Strong)
            {
                continue;
            }

            marker.MakeWeak(file);
            Assert.Equal(2, Assert.Single(before.Zip(file), pair => pair.First != pair.Second) is var (was, now) ? was ^ now : 0);
        }
        Assert.Superset(new HashSet<MarkerState> { MarkerState.Strong, MarkerState.Untouchable }, seen);
    }

    private static void AssertUntouchable(byte[] file, string reason)
    {
        var marker = GlibcxxMarker.Inspect(file);
        Assert.Equal(MarkerState.Untouchable, marker.State);
        Assert.Contains(reason, marker.Reason, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => marker.MakeWeak(file));
    }
}

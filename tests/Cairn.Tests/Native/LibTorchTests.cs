using Cairn.Build;
using Cairn.Native;
using TorchSharp;

namespace Cairn.Tests.Native;

public class LibTorchTests
{
    [Fact]
    public void The_library_in_the_output_folder_does_not_require_a_new_libstdcxx()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has the problem");
        string library = Assert.Single(Directory.GetFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories));
        Assert.Contains(GlibcxxMarker.Inspect(File.ReadAllBytes(library)).State, new[] { MarkerState.Weak, MarkerState.NotNeeded });
    }

    [Fact]
    public void The_library_in_the_package_cache_is_as_it_was_published() =>
        Assert.Equal(MarkerState.Strong, GlibcxxMarker.Inspect(File.ReadAllBytes(BuiltWith.TorchSharpLibrary)).State);

    [Fact]
    public void Libraries_that_only_Python_needs_are_not_in_the_output_folder()
    {
        var names = Directory.GetFiles(AppContext.BaseDirectory, "*", SearchOption.AllDirectories).Select(Path.GetFileName).ToList();
        Assert.DoesNotContain(names, name => name!.Contains("torch_python", StringComparison.Ordinal)
            || name.Contains("jitbackend_test", StringComparison.Ordinal));
        Assert.Contains(names, name => Path.GetFileNameWithoutExtension(name)!.EndsWith("torch_cpu", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tensor_can_be_made_and_summed()
    {
        LibTorch.EnsureLoaded();
        using torch.Tensor ones = torch.ones(3, 4);
        using torch.Tensor sum = ones.sum();
        Assert.Equal(12f, sum.item<float>());
    }

    [Fact]
    public void Many_threads_may_load_at_once() => Parallel.For(0, 16, _ => LibTorch.EnsureLoaded());
}

using TorchSharp;

[assembly: AssemblyFixture(typeof(Cairn.Tests.OneThread))]

namespace Cairn.Tests;

/// <summary>
/// The tests run side by side, each with small models: one libtorch thread for each of them, since more would only wait for one another.
/// </summary>
public sealed class OneThread
{
    public OneThread()
    {
        Cairn.Native.LibTorch.EnsureLoaded();
        torch.set_num_threads(1);
    }
}

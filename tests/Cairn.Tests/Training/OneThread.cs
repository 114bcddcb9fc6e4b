using TorchSharp;

[assembly: AssemblyFixture(typeof(Cairn.Tests.OneThread))]

namespace Cairn.Tests;

/// <summary>
/// The tests run in parallel with small models, with one libtorch thread each; more threads would only wait for each other.
/// </summary>
public sealed class OneThread
{
    public OneThread()
    {
        Cairn.Native.LibTorch.EnsureLoaded();
        torch.set_num_threads(1);
    }
}

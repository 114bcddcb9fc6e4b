using System.Globalization;
using Cairn;
using Cairn.Callbacks;
using Cairn.CrashWorker;
using Cairn.Native;
using Cairn.Saving;
using TorchSharp;

// A training that the crash test kills repeatedly, in the current folder, always with the same command: Cairn.CrashWorker NAME
// at-once|behind [CALL], where CALL is the number of the file system call of a save, counted from the start, at which the process dies.
// Cairn.CrashWorker kernels FROM COUNT runs layers on all kinds of inputs, Cairn.CrashWorker fits trains models that can crash a
// process, and Cairn.CrashWorker loop tells the memory of a custom loop.
if (args is ["kernels", var from, var count])
{
    LibTorch.EnsureLoaded();
    KernelSweep.Run(int.Parse(from, CultureInfo.InvariantCulture), int.Parse(count, CultureInfo.InvariantCulture));
    return;
}

if (args is ["fits"])
{
    KernelFits.Run();
    return;
}

if (args is ["loop"])
{
    LibTorch.EnsureLoaded();
    torch.set_num_threads(1);
    OwnLoop.Run();
    return;
}

if (args is ["saves"])
{
    Saves.Run();
    return;
}

if (args is ["soak"])
{
    LibTorch.EnsureLoaded();
    torch.set_num_threads(1);
    Soak.Run();
    return;
}

Announcement.Tell("started");
torch.set_num_threads(1);
FileSystem.Current = args is [_, _, var call] ? new DyingFileSystem(int.Parse(call, CultureInfo.InvariantCulture))
    : new TellingFileSystem();
string result = Path.GetFullPath("result.txt");
FailingNew.Begin();
(Model model, History history) = Configurations.Train(args[0], behind: args[1] == "behind");
FailingNew.End();
Announcement.Tell("fitted");
using (model)
{
    RunResult.Write(result, model, history);
}

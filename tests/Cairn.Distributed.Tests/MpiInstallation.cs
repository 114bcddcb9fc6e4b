using System.Diagnostics;

namespace Cairn.Distributed.Tests;

/// <summary>The MPI launchers of this machine.</summary>
internal sealed class MpiInstallation
{
    /// <summary>The names of the two families.</summary>
    public const string OpenMpi = "Open MPI";

    /// <inheritdoc cref="OpenMpi"/>
    public const string Mpich = "MPICH";

    private static readonly Lazy<MpiInstallation?> InstalledOpenMpi = new(() => Find(OpenMpi, "Open MPI", "mpirun.openmpi", "mpirun"));
    private static readonly Lazy<MpiInstallation?> InstalledMpich =
        new(() => Find(Mpich, "HYDRA", "mpiexec.mpich", "mpiexec.hydra", "mpiexec"));

    private MpiInstallation(string name, string launcher) => (Name, Launcher) = (name, launcher);

    /// <summary>Open MPI or MPICH.</summary>
    public string Name { get; }

    /// <summary>The program that starts processes.</summary>
    public string Launcher { get; }

    /// <summary>An installation, or the reason to skip a test.</summary>
    public static MpiInstallation Require(string name)
    {
        MpiInstallation? found = (name == OpenMpi ? InstalledOpenMpi : InstalledMpich).Value;
        Assert.SkipWhen(found is null, $"{name} is not installed (apt-get install openmpi-bin mpich).");
        return found!;
    }

    /// <summary>A start of the launcher with a number of processes of a program.</summary>
    public ProcessStartInfo Start(int count, string program, params string[] arguments)
    {
        string[] options = Name == OpenMpi ? ["--oversubscribe", "--bind-to", "none", "-n", $"{count}"] : ["-n", $"{count}"];
        var start = new ProcessStartInfo(Launcher, [.. options, "dotnet", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1";
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        start.Environment["OMP_NUM_THREADS"] = "1";
        return start;
    }

    private static MpiInstallation? Find(string name, string sign, params string[] launchers)
    {
        foreach (string launcher in launchers)
        {
            try
            {
                using Process version = Process.Start(new ProcessStartInfo(launcher, "--version")
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                })!;
                if (version.StandardOutput.ReadToEnd().Contains(sign, StringComparison.Ordinal))
                {
                    return new MpiInstallation(name, launcher);
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // Not installed.
            }
        }

        return null;
    }
}

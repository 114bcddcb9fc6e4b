using System.Globalization;

namespace Cairn.Distributed.Mpi;

/// <summary>The program that started this process and the others, detected by its environment variables.</summary>
/// <param name="Name">The launcher.</param>
/// <param name="Kind">Whose libraries it can start.</param>
/// <param name="Size">Number of processes it started; null if unknown.</param>
internal sealed record MpiLauncher(string Name, MpiKind Kind, int? Size)
{
    /// <summary>Finds the launcher.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <returns>The launcher; null if the program was started alone.</returns>
    /// <exception cref="ReplicaException">The processes were started by something that MPI can't use.</exception>
    public static MpiLauncher? Find(Func<string, string?> variable)
    {
        if (Number("OMPI_COMM_WORLD_SIZE") is { } size)
        {
            return new MpiLauncher("Open MPI's mpirun", MpiKind.OpenMpi, size);
        }

        if (Number("PMI_SIZE") is { } pmi)
        {
            return new MpiLauncher(variable("SLURM_PROCID") is null ? "MPICH's mpiexec" : "srun", MpiKind.Mpich, pmi);
        }

        if (Number("SLURM_STEP_NUM_TASKS") is { } tasks && variable("SLURM_PROCID") is not null)
        {
            // PMIx is Open MPI's way, and MPICH can have it too.
            return tasks == 1 ? null : new MpiLauncher("srun", variable("PMIX_RANK") is null ? MpiKind.Mpich : MpiKind.OpenMpi, tasks);
        }

        if (variable("PMIX_RANK") is not null)
        {
            return new MpiLauncher("a PMIx launcher", MpiKind.OpenMpi, null);
        }

        return Number("WORLD_SIZE") is { } world and > 1
            ? throw new ReplicaException(
                $"WORLD_SIZE is {world}, but no MPI launcher started this process. MPI can't connect processes that torchrun or a script "
                + $"started; start them with mpirun -n {world} or srun -n {world}.")
            : null;

        int? Number(string name) =>
            int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : null;
    }

    /// <summary>Compares the launcher with the library that was loaded.</summary>
    /// <param name="size">The number of processes that the library knows.</param>
    /// <param name="library">The library, for messages.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="ReplicaException">They differ.</exception>
    public void Check(int size, string library, Func<string, string?> variable)
    {
        if (Size is { } expected && expected != size)
        {
            throw new ReplicaException(
                $"{Name} started {expected} processes, but the MPI library that was loaded ({library}) knows {size}: it belongs to another "
                + "MPI than the launcher. Use the launcher of that library, or set CAIRN_MPI_LIBRARY to the library of the launcher.");
        }

        if (int.TryParse(variable("WORLD_SIZE"), NumberStyles.None, CultureInfo.InvariantCulture, out int world) && world != size)
        {
            throw new ReplicaException($"WORLD_SIZE is {world}, but {Name} started {size} processes. Remove the variable, or make "
                + "them equal.");
        }
    }
}

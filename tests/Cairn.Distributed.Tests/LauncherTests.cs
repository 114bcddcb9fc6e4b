using Cairn.Distributed.Mpi;

namespace Cairn.Distributed.Tests;

/// <summary>The launcher is recognized by its environment variables.</summary>
public sealed class LauncherTests
{
    [Theory]
    [InlineData("OMPI_COMM_WORLD_SIZE=4", "OpenMpi", 4)]
    [InlineData("PMI_SIZE=3", "Mpich", 3)]
    [InlineData("SLURM_STEP_NUM_TASKS=8 SLURM_PROCID=1", "Mpich", 8)]
    [InlineData("SLURM_STEP_NUM_TASKS=8 SLURM_PROCID=1 PMIX_RANK=1", "OpenMpi", 8)]
    [InlineData("PMIX_RANK=0", "OpenMpi", null)]
    public void A_launcher_is_recognized_by_its_variables(string environment, string kind, int? size)
    {
        var launcher = MpiLauncher.Find(Variables(environment));
        Assert.NotNull(launcher);
        Assert.Equal((kind, size), (launcher.Kind.ToString(), launcher.Size));
    }

    [Theory]
    [InlineData("")]
    [InlineData("WORLD_SIZE=1 RANK=0")]
    [InlineData("SLURM_NTASKS=4")] // within salloc or sbatch, without srun
    [InlineData("SLURM_STEP_NUM_TASKS=1 SLURM_PROCID=0")]
    public void A_program_that_is_started_alone_is_one_of_one(string environment) => Assert.Null(MpiLauncher.Find(Variables(environment)));

    [Fact]
    public void Processes_of_torchrun_are_refused()
    {
        ReplicaException exception = Assert.Throws<ReplicaException>(() => MpiLauncher.Find(Variables("WORLD_SIZE=4 RANK=2")));
        Assert.Contains("WORLD_SIZE is 4", exception.Message, StringComparison.Ordinal);
        Assert.Contains("mpirun -n 4", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_knows_another_number_of_processes_is_refused()
    {
        var launcher = new MpiLauncher("Open MPI's mpirun", MpiKind.OpenMpi, 4);
        launcher.Check(4, "libmpi.so.40: Open MPI", Variables("WORLD_SIZE=4"));
        ReplicaException exception = Assert.Throws<ReplicaException>(() => launcher.Check(1, "libmpich.so.12: MPICH", Variables("")));
        Assert.Contains("started 4 processes", exception.Message, StringComparison.Ordinal);
        Assert.Contains("libmpich.so.12", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ReplicaException>(() => launcher.Check(4, "libmpi.so.40", Variables("WORLD_SIZE=2")));
    }

    [Fact]
    public void Without_a_launcher_no_library_is_needed()
    {
        using var replicas = new Replicas(new SingleProcess { Deadline = TimeSpan.FromSeconds(1) });
        double[] numbers = [1, 2];
        replicas.AllReduce(numbers);
        replicas.Broadcast(numbers.AsSpan());
        replicas.Barrier();
        Assert.Equal((0, 1, Environment.MachineName), (replicas.Rank, replicas.Size, replicas.Host));
        Assert.Equal([1, 2], numbers);
        Assert.Throws<ArgumentOutOfRangeException>(() => replicas.Deadline = TimeSpan.Zero);
        using var model = new Sequential([new Layers.Dense(1)]);
        model.Distribute(new DataParallel(replicas));
        Assert.Null(model.Distribution);
    }

    [Fact]
    public void One_process_trains_as_without_a_distribution()
    {
        using var replicas = new Replicas(new SingleProcess { Deadline = TimeSpan.FromSeconds(1) });
        Assert.All(Losses(null).Zip(Losses(new DataParallel(replicas))), pair => Assert.Equal(pair.First, pair.Second, 1e-6));

        static IReadOnlyList<double> Losses(DataParallel? distribution)
        {
            using var model = new Sequential([new Layers.Input([2]), new Layers.Dense(3, "tanh"), new Layers.Dense(1)], seed: 4);
            model.Compile("adam", "mse");
            model.Distribute(distribution);
            float[,] x = { { 1, 2 }, { 0, 1 }, { 3, 1 } };
            float[,] y = { { 1 }, { 0 }, { 2 } };
            return model.Fit(x, y, batchSize: 2, epochs: 3, verbose: 0)["loss"];
        }
    }

    private static Func<string, string?> Variables(string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return name => variables.GetValueOrDefault(name);
    }
}

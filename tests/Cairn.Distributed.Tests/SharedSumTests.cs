using System.Diagnostics;

namespace Cairn.Distributed.Tests;

/// <summary>Sums through memory that the processes of a host share.</summary>
public sealed class SharedSumTests
{
    [Theory]
    [InlineData(MpiInstallation.OpenMpi, 2)]
    [InlineData(MpiInstallation.Mpich, 2)]
    [InlineData(MpiInstallation.OpenMpi, 3)]
    [InlineData(MpiInstallation.Mpich, 4)]
    public void Numbers_are_added_up_in_the_order_of_the_ranks(string mpi, int count) =>
        RequireSuccess(MpiInstallation.Require(mpi).Start(count, LaunchedRun.Worker, "ordered-sums", "memory"));

    [Theory]
    [InlineData(MpiInstallation.OpenMpi)]
    [InlineData(MpiInstallation.Mpich)]
    public void A_variable_turns_them_off(string mpi)
    {
        ProcessStartInfo start = MpiInstallation.Require(mpi).Start(2, LaunchedRun.Worker, "ordered-sums", "messages");
        start.Environment["CAIRN_SHARED_MEMORY"] = "0";
        RequireSuccess(start);
    }

    [Theory]
    [InlineData(MpiInstallation.OpenMpi, 3)]
    [InlineData(MpiInstallation.Mpich, 4)]
    public void Sums_of_messages_are_right_on_one_host(string mpi, int count)
    {
        ProcessStartInfo start = MpiInstallation.Require(mpi).Start(count, LaunchedRun.Worker, "sums");
        start.Environment["CAIRN_SHARED_MEMORY"] = "0";
        RequireSuccess(start);
    }

    [Theory]
    [InlineData(MpiInstallation.OpenMpi, 0)]
    [InlineData(MpiInstallation.Mpich, 1)]
    public void All_processes_send_messages_if_one_does_not_share_memory(string mpi, int without) =>
        RequireSuccess(MpiInstallation.Require(mpi).Start(2, LaunchedRun.Worker, "ordered-sums", "messages", $"{without}"));

    [Theory]
    [InlineData(MpiInstallation.OpenMpi, 2)]
    [InlineData(MpiInstallation.Mpich, 2)]
    [InlineData(MpiInstallation.Mpich, 3)]
    public void Gradients_added_up_during_the_update_give_the_same_bits(string mpi, int count) =>
        RequireSuccess(MpiInstallation.Require(mpi).Start(count, LaunchedRun.Worker, "stretches"));

    [Fact]
    public void A_wrong_choice_is_reported()
    {
        ProcessStartInfo start = MpiInstallation.Require(MpiInstallation.Mpich).Start(2, LaunchedRun.Worker, "sums");
        start.Environment["CAIRN_SHARED_MEMORY"] = "no";
        (int code, string output) = LaunchedRun.Run(start);
        Assert.NotEqual(0, code);
        Assert.Contains("CAIRN_SHARED_MEMORY is 'no'; it must be 0 or 1.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MpiInstallation.OpenMpi)]
    [InlineData(MpiInstallation.Mpich)]
    public void Processes_that_add_up_different_counts_are_reported(string mpi)
    {
        (int code, string output) = LaunchedRun.Run(MpiInstallation.Require(mpi).Start(2, LaunchedRun.Worker, "unequal-sums"));
        Assert.NotEqual(0, code);
        Assert.Matches(@"Rank 0 adds up 1000 numbers \(Float64\), and rank 1 1001|Rank 1 adds up 1001 numbers \(Float64\), and rank 0", output);
    }

    private static void RequireSuccess(ProcessStartInfo start)
    {
        (int code, string output) = LaunchedRun.Run(start);
        Assert.True(code == 0, output);
    }
}

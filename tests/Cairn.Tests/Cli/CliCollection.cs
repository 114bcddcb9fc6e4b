namespace Cairn.Tests.Cli;

/// <summary>Commands set the number of libtorch threads of the process, so these tests do not run in parallel.</summary>
[CollectionDefinition(nameof(CliCollection), DisableParallelization = true)]
public sealed class CliCollection : ICollectionFixture<TrainedDigits>;

namespace Cairn.Tests.Cli;

/// <summary>Commands set the number of libtorch's threads, which is one for the whole process: they run alone, one after the other.</summary>
[CollectionDefinition(nameof(CliCollection), DisableParallelization = true)]
public sealed class CliCollection : ICollectionFixture<TrainedDigits>;

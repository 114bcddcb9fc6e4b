namespace Cairn.Tests.Native;

/// <summary>Tests of what is shared by the whole process, such as its memory, so they do not run in parallel.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;

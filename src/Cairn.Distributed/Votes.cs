namespace Cairn.Distributed;

/// <summary>The votes of one or all processes: to stop training after this step or epoch, or to cancel the run.</summary>
internal readonly record struct Votes(bool Stop, bool Cancel);

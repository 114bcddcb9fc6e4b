namespace Cairn.Distributed;

/// <summary>What a process, or any of them, wants: to stop training after this step or epoch, or to cancel the run.</summary>
internal readonly record struct Votes(bool Stop, bool Cancel);

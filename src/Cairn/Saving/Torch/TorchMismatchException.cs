namespace Cairn.Saving.Torch;

/// <summary>A module of PyTorch does not fit a layer; what the message says is noted or thrown where the file is known.</summary>
internal sealed class TorchMismatchException(string message) : Exception(message);

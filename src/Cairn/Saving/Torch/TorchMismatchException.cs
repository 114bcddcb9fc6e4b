namespace Cairn.Saving.Torch;

/// <summary>
/// Thrown when a PyTorch module does not fit a layer; the caller, which knows the file, reports it as a warning or an error.
/// </summary>
internal sealed class TorchMismatchException(string message) : Exception(message);

namespace Cairn.Cli;

/// <summary>An error that the user can fix; the message is the line that is shown.</summary>
internal sealed class CommandException(string message, Exception? innerException = null) : Exception(message, innerException);

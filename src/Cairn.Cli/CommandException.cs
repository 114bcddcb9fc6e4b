namespace Cairn.Cli;

/// <summary>Something the user can put right; the message is the one line that is shown.</summary>
internal sealed class CommandException(string message, Exception? innerException = null) : Exception(message, innerException);

namespace Cairn.Callbacks;

/// <summary>Which exceptions are I/O errors, and how often a write is retried.</summary>
internal static class SaveErrors
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];

    /// <summary>Whether the exception is an I/O error that <see cref="SaveErrorPolicy"/> applies to.</summary>
    public static bool AreOf(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>Identifies the kind of an error, independent of the file that its message names.</summary>
    public static string KindOf(Exception exception) => $"{exception.GetType().Name} {exception.HResult:X}";

    /// <summary>Runs a write, and retries it if the policy says so.</summary>
    public static void Attempt(Action write, SaveErrorPolicy policy)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                write();
                return;
            }
            catch (Exception exception) when (AreOf(exception) && policy == SaveErrorPolicy.Retry && attempt < Pauses.Length)
            {
                Thread.Sleep(Pauses[attempt]);
            }
        }
    }
}

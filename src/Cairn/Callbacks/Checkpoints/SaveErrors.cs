namespace Cairn.Callbacks;

/// <summary>What counts as a failing disk, and how often it is tried again.</summary>
internal static class SaveErrors
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];

    /// <summary>Whether the outside world is to blame, so that a policy decides.</summary>
    public static bool AreOf(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>Writes, and tries again where the policy says so.</summary>
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

namespace Cairn.Native;

/// <summary><see cref="AppContext"/> switches with which a program turns off something that is on by default.</summary>
internal static class OptOut
{
    /// <summary>Whether the program has set the switch to false.</summary>
    public static bool IsChosen(string name) => AppContext.TryGetSwitch(name, out bool isWanted) && !isWanted;
}

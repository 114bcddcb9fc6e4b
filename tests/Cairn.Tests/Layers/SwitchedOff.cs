namespace Cairn.Tests.Layers;

/// <summary>Runs code while an <see cref="AppContext"/> switch is off. No other test may run meanwhile.</summary>
internal static class SwitchedOff
{
    public static T Run<T>(string name, Func<T> compute)
    {
        AppContext.SetSwitch(name, false);
        try
        {
            return compute();
        }
        finally
        {
            AppContext.SetSwitch(name, true);
        }
    }
}

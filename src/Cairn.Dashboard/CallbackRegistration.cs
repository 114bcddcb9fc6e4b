using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Cairn.Callbacks;

namespace Cairn.Dashboard;

/// <summary>Registers the callbacks of this package for JSON, before any other code of it runs.</summary>
internal static class CallbackRegistration
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "It fills a table of the library and runs no user code.")]
    internal static void Register()
    {
        CallbackRegistry.Add(LivePage.FromConfig);
        CallbackRegistry.Add(MLflowLogger.FromConfig);
    }
}

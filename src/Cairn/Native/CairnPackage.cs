using System.Reflection;
using System.Runtime.CompilerServices;

namespace Cairn.Native;

/// <summary>Other packages of Cairn, which add what they have to the library when their assembly is loaded.</summary>
internal static class CairnPackage
{
    /// <summary>Loads a package.</summary>
    /// <param name="package">Its name.</param>
    /// <param name="what">What needs it, for the message.</param>
    /// <exception cref="ArgumentException">The program does not have the package.</exception>
    public static void Load(string package, string what)
    {
        try
        {
            RuntimeHelpers.RunModuleConstructor(Assembly.Load(package).ManifestModule.ModuleHandle);
        }
        catch (FileNotFoundException exception)
        {
            throw new ArgumentException(
                $"{what} needs the package {package}, which this program does not have. Add it with 'dotnet add package {package}'.",
                exception);
        }
    }
}

namespace Cairn.Tests.Saving;

/// <summary>An empty folder that is deleted after the test.</summary>
/// <remarks>
/// If the environment variable CAIRN_KEEP names a folder, it is created there, named by the number of its test, and kept, so that
/// the files can be checked with Keras.
/// </remarks>
internal sealed class TemporaryFolder : IDisposable
{
    private static readonly string? Keep = Environment.GetEnvironmentVariable("CAIRN_KEEP");

    public TemporaryFolder() => Folder = Keep is null
        ? Directory.CreateTempSubdirectory("cairn-test-").FullName
        : Directory.CreateDirectory(
        Path.Combine(Keep, $"{TestContext.Current.TestClass?.TestClassSimpleName}-{TestContext.Current.Test?.UniqueID}")).FullName;

    public string Folder { get; }

    public string this[string name] => Path.Combine(Folder, name);

    public void Dispose()
    {
        if (Keep is null)
        {
            Directory.Delete(Folder, recursive: true);
        }
        else
        {
            File.WriteAllText(Path.Combine(Folder, "test.txt"), TestContext.Current.Test?.TestDisplayName);
        }
    }
}

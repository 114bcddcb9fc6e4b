using System.Collections;
using Cairn.Build;
using Microsoft.Build.Framework;

namespace Cairn.Tests.Native;

/// <summary>A fake build engine: runs the task on files and records the warnings.</summary>
internal sealed class BuildEngine : IBuildEngine
{
    public List<BuildWarningEventArgs> Warnings { get; } = [];

    public List<string?> Errors { get; } = [];

    public bool ContinueOnError => false;

    public int LineNumberOfTaskNode => 0;

    public int ColumnNumberOfTaskNode => 0;

    public string ProjectFileOfTaskNode => "test.csproj";

    public static BuildEngine Mark(string file, string? destination = null)
    {
        var engine = new BuildEngine();
        var task = new MarkGlibcxxWeak { BuildEngine = engine, Files = [new Item(file)] };
        if (destination is not null)
        {
            task.DestinationFiles = [new Item(destination)];
        }

        Assert.True(task.Execute());
        Assert.Empty(engine.Errors);
        return engine;
    }

    public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs) =>
        throw new NotSupportedException();

    public void LogCustomEvent(CustomBuildEventArgs e) => throw new NotSupportedException();

    public void LogErrorEvent(BuildErrorEventArgs e) => Errors.Add(e.Message);

    public void LogMessageEvent(BuildMessageEventArgs e) => Assert.NotNull(e.Message);

    public void LogWarningEvent(BuildWarningEventArgs e) => Warnings.Add(e);

    private sealed class Item(string path) : ITaskItem
    {
        public string ItemSpec { get; set; } = path;

        public ICollection MetadataNames => Array.Empty<string>();

        public int MetadataCount => 0;

        public IDictionary CloneCustomMetadata() => new Hashtable();

        public void CopyMetadataTo(ITaskItem destinationItem) => throw new NotSupportedException();

        public string GetMetadata(string metadataName) => "";

        public void RemoveMetadata(string metadataName) => throw new NotSupportedException();

        public void SetMetadata(string metadataName, string metadataValue) => throw new NotSupportedException();
    }
}

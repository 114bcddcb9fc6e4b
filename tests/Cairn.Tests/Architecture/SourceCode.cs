using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Cairn.Tests.Architecture;

/// <summary>Source files, compiled in memory.</summary>
internal sealed class SourceCode
{
    private SourceCode(string root, IEnumerable<SyntaxTree> trees)
    {
        Root = root;
        IEnumerable<MetadataReference> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Cairn", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path));
        Compilation = CSharpCompilation.Create(
            "Cairn", trees, references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    }

    public string Root { get; }

    public CSharpCompilation Compilation { get; }

    /// <summary>Parses all files below a folder.</summary>
    public static SourceCode Read(string root)
    {
        string usings = string.Concat(
            new[] { "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading",
                "System.Threading.Tasks" }
                .Select(name => $"global using {name};\n"));
        IEnumerable<string> files = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));
        return new SourceCode(root, [Parse(usings, ""), .. files.Select(file => Parse(File.ReadAllText(file), file))]);
    }

    /// <summary>The same source with one more file.</summary>
    /// <param name="file">Its path, relative to the root.</param>
    /// <param name="source">Its content.</param>
    public SourceCode With(string file, string source) =>
        new(Root, Compilation.SyntaxTrees.Append(Parse(source, Path.Combine(Root, file))));

    private static SyntaxTree Parse(string source, string path) =>
        CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Preview), path);
}

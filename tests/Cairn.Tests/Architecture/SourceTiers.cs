using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cairn.Tests.Architecture;

/// <summary>The tiers of the folders of the library, and the references between them.</summary>
internal sealed class SourceTiers
{
    // From the lowest to the highest; if two folders match a file, the longer one counts. ARCHITECTURE.md describes the tiers.
    private static readonly string[][] Folders =
    [
        ["Text", "Native", "IO", "Arrays", "Random", "State"],
        ["Saving/Config", "Replication", "Layers", "Operations", "Losses", "Metrics", "Optimizers", "Initializers", "Regularizers",
            "Constraints",
            "Activations"],
        ["Data"],
        ["Models", "Applications", "Graphs", "Training", "Callbacks", "Saving", "Histories", "EventFiles"],
    ];

    private readonly string root;
    private readonly CSharpCompilation compilation;

    public SourceTiers(SourceCode source) => (root, compilation) = (source.Root, source.Compilation);

    /// <summary>Folders with source that belong to no tier.</summary>
    public IReadOnlyList<string> FoldersWithoutTier =>
        [.. compilation.SyntaxTrees.Where(tree => tree.FilePath.Length > 0 && TierOf(tree.FilePath) < 0)
        .Select(tree => FolderOf(tree.FilePath)).Distinct()];

    /// <summary>Every name in a file that is declared in a higher tier, as <c>file:line name</c>.</summary>
    /// <param name="file">The file to check, relative to the root; null for all.</param>
    public IReadOnlyList<string> ReferencesThatPointUp(string? file = null) =>
    [
        .. compilation.SyntaxTrees
            .Where(tree => file is null ? tree.FilePath.Length > 0 && TierOf(tree.FilePath) < Folders.Length - 1
            : tree.FilePath == Path.Combine(root, file))
            .AsParallel().AsOrdered().WithDegreeOfParallelism(2)
            .SelectMany(PointingUp),
    ];

    /// <summary>
    /// Collection expressions that call the generic <c>JsonArray.Add</c>, which needs reflection: elements that are not a
    /// <c>JsonNode</c>. The analyzers of trimming report them only in published programs.
    /// </summary>
    /// <param name="file">The file to check, relative to the root; null for all.</param>
    public IReadOnlyList<string> GenericJsonAdditions(string? file = null) =>
    [
        .. from tree in compilation.SyntaxTrees
           where file is null || tree.FilePath == Path.Combine(root, file)
           let model = compilation.GetSemanticModel(tree)
           from list in tree.GetRoot().DescendantNodes().OfType<CollectionExpressionSyntax>()
           where model.GetTypeInfo(list).ConvertedType?.Name == "JsonArray"
           from element in list.Elements
           let type = element switch
           {
               ExpressionElementSyntax one => model.GetTypeInfo(one.Expression).Type,
               SpreadElementSyntax many when model.GetTypeInfo(many.Expression).Type is { } spread => spread.AllInterfaces
                   .Concat(spread is INamedTypeSymbol named ? [named] : [])
                   .FirstOrDefault(i => i.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T)
                   ?.TypeArguments[0],
               _ => null,
           }
           where type is not null && type.Name != "JsonNode"
           select $"{Path.GetRelativePath(root, tree.FilePath)}:{element.GetLocation().GetLineSpan().StartLinePosition.Line + 1} {element}",
    ];

    /// <summary>The number of names of the library that the files use; a compilation that resolved nothing would find no violation
    /// either.</summary>
    public int ResolvedNames(string file)
    {
        SyntaxTree tree = compilation.SyntaxTrees.Single(tree => tree.FilePath == Path.Combine(root, file));
        SemanticModel model = compilation.GetSemanticModel(tree);
        return tree.GetRoot().DescendantNodes().Count(node => DeclaringFiles(node, model).Any());
    }

    private List<string> PointingUp(SyntaxTree tree)
    {
        var found = new List<string>();
        int tier = TierOf(tree.FilePath);
        SemanticModel model = compilation.GetSemanticModel(tree);
        foreach (SyntaxNode node in tree.GetRoot().DescendantNodes())
        {
            if (DeclaringFiles(node, model).FirstOrDefault(declared => TierOf(declared) > tier) is { } above)
            {
                int line = node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
                found.Add($"{Path.GetRelativePath(root, tree.FilePath)}:{line} {node} ({FolderOf(above)}, tier {TierOf(above)}) from "
                    + $"tier {tier}");
            }
        }

        return found;
    }

    // Names, target-typed "new()", and the type behind "var". A partial type belongs to the lowest tier of its parts.
    private IEnumerable<string> DeclaringFiles(SyntaxNode node, SemanticModel model)
    {
        ISymbol? symbol = node switch
        {
            SimpleNameSyntax => model.GetSymbolInfo(node) is var info ? info.Symbol ?? info.CandidateSymbols.FirstOrDefault() : null,
            ImplicitObjectCreationExpressionSyntax => model.GetTypeInfo(node).Type,
            _ => null,
        };
        symbol = symbol is IMethodSymbol { ReducedFrom: { } extension } ? extension : symbol;
        if (symbol is null or INamespaceSymbol or ILocalSymbol or IParameterSymbol or IRangeVariableSymbol or ITypeParameterSymbol
            or ILabelSymbol)
        {
            return [];
        }

        return symbol.OriginalDefinition.DeclaringSyntaxReferences
            .Select(reference => reference.SyntaxTree.FilePath)
            .Where(path => path.Length > 0)
            .OrderBy(TierOf)
            .Take(1);
    }

    private int TierOf(string file)
    {
        string folder = FolderOf(file);
        (int tier, int length) = (-1, -1);
        for (int i = 0; i < Folders.Length; i++)
        {
            foreach (string name in Folders[i])
            {
                if ((folder == name || folder.StartsWith(name + "/", StringComparison.Ordinal)) && name.Length > length)
                {
                    (tier, length) = (i, name.Length);
                }
            }
        }

        return tier;
    }

    private string FolderOf(string file) => Path.GetRelativePath(root, Path.GetDirectoryName(file)!).Replace('\\', '/');
}

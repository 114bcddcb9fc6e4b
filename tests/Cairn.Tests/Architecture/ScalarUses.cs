using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TorchSharp;

namespace Cairn.Tests.Architecture;

/// <summary>The places where source code gives libtorch a scalar that nothing references during the native call.</summary>
/// <remarks>
/// TorchSharp reads the handle of a <see cref="Scalar"/> and drops the object; if a garbage collection finalizes it during the call,
/// libtorch reads freed memory. These are conversions of numbers to scalars, and the members of TorchSharp that make such a conversion
/// themselves, such as <c>+</c> of two tensors. They are found in the instructions of TorchSharp.
/// </remarks>
internal sealed class ScalarUses(SourceCode source)
{
    // Both keep the scalars that they create.
    private static readonly string[] Holders =
        [Path.Combine("Cairn", "Native", "HeldScalar.cs"), Path.Combine("Cairn", "Native", "TensorArithmetic.cs")];

    // These keep their scalars until they dispose them, after the call.
    private static readonly string[] Holding = ["hardshrink", "softshrink"];

    private static readonly Assembly Library = typeof(Scalar).Assembly;
    private static readonly Lazy<HashSet<int>> Creating = new(FindCreating);

    /// <summary>The members of TorchSharp that create a scalar for a call, by metadata token.</summary>
    public static IReadOnlySet<int> MembersThatCreateScalars => Creating.Value;

    /// <summary>The places, as <c>file:line expression</c>.</summary>
    /// <param name="file">The file to check, relative to the root; null for all.</param>
    public IReadOnlyList<string> NotHeld(string? file = null) =>
    [
        .. source.Compilation.SyntaxTrees
            .Where(tree => tree.FilePath.Length > 0 && (file is null || tree.FilePath == Path.Combine(source.Root, file)))
            .Where(tree => !Holders.Contains(Path.GetRelativePath(source.Root, tree.FilePath)))
            .AsParallel().AsOrdered().WithDegreeOfParallelism(2)
            .SelectMany(NotHeldIn),
    ];

    /// <summary>The number of uses of TorchSharp in a file; a compilation that resolved nothing would find no scalar either.</summary>
    public int ResolvedMembers(string file)
    {
        SyntaxTree tree = source.Compilation.SyntaxTrees.Single(tree => tree.FilePath == Path.Combine(source.Root, file));
        SemanticModel model = source.Compilation.GetSemanticModel(tree);
        return tree.GetRoot().DescendantNodes().OfType<ExpressionSyntax>().Count(node => MemberOf(node, model) is not null);
    }

    private List<string> NotHeldIn(SyntaxTree tree)
    {
        var found = new List<string>();
        SemanticModel model = source.Compilation.GetSemanticModel(tree);
        foreach (ExpressionSyntax node in tree.GetRoot().DescendantNodes().OfType<ExpressionSyntax>())
        {
            if (model.GetConversion(node).MethodSymbol is { } conversion && IsCreating(conversion)
                || MemberOf(node, model) is { } member && IsCreating(member))
            {
                int line = node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
                found.Add($"{Path.GetRelativePath(source.Root, tree.FilePath).Replace('\\', '/')}:{line} {node}");
            }
        }

        return found;
    }

    // A method, an operator or a constructor of TorchSharp, or a property or indexer that is read.
    private static IMethodSymbol? MemberOf(ExpressionSyntax node, SemanticModel model)
    {
        if (node is not (InvocationExpressionSyntax or BinaryExpressionSyntax or AssignmentExpressionSyntax or PrefixUnaryExpressionSyntax
            or BaseObjectCreationExpressionSyntax or CastExpressionSyntax or MemberAccessExpressionSyntax or ElementAccessExpressionSyntax))
        {
            return null;
        }

        IMethodSymbol? member = model.GetSymbolInfo(node).Symbol switch
        {
            // A method group that is not called here is passed on as a delegate.
            IMethodSymbol when node is MemberAccessExpressionSyntax && node.Parent is InvocationExpressionSyntax => null,
            IMethodSymbol method => method.ReducedFrom ?? method,
            IPropertySymbol property => property.GetMethod,
            _ => null,
        };
        return member?.ContainingAssembly?.Name == Library.GetName().Name ? member : null;
    }

    private static bool IsCreating(IMethodSymbol method) => method.ContainingAssembly?.Name == Library.GetName().Name
        && Creating.Value.Contains(method.OriginalDefinition.MetadataToken);

    // From the conversions up to all members that call one, directly or through others.
    private static HashSet<int> FindCreating()
    {
        const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance
            | BindingFlags.DeclaredOnly;
        MethodBase[] methods =
            [.. Library.GetTypes().SelectMany(type => type.GetMethods(Any).Concat<MethodBase>(type.GetConstructors(Any)))];
        var creating = new HashSet<int>();
        var callers = new Dictionary<int, List<int>>();
        var added = new Queue<int>();
        foreach (MethodBase method in methods)
        {
            if (method.Name is "op_Implicit" or "ToScalar" or "ToBFloat16Scalar" && method is MethodInfo { ReturnType: var type }
                && type == typeof(Scalar))
            {
                creating.Add(method.MetadataToken);
                added.Enqueue(method.MetadataToken);
            }

            foreach (int called in Holding.Contains(method.Name) ? [] : CallsOf(method))
            {
                (callers.TryGetValue(called, out List<int>? known) ? known : callers[called] = []).Add(method.MetadataToken);
            }
        }

        while (added.TryDequeue(out int token))
        {
            foreach (int caller in callers.GetValueOrDefault(token) ?? [])
            {
                if (creating.Add(caller))
                {
                    added.Enqueue(caller);
                }
            }
        }

        return creating;
    }

    // The operands of call, callvirt and newobj that are methods of the same assembly. The bytes are searched without decoding the
    // instructions between them; other bytes that look like a call of a method with a known token are improbable.
    private static IEnumerable<int> CallsOf(MethodBase method)
    {
        const int TableOfMethods = 0x06;
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (int at = 0; at + sizeof(int) < code.Length; at++)
        {
            if ((code[at] == OpCodes.Call.Value || code[at] == OpCodes.Callvirt.Value || code[at] == OpCodes.Newobj.Value)
                && BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at + 1)) is var token && token >> 24 == TableOfMethods)
            {
                yield return token;
            }
        }
    }
}

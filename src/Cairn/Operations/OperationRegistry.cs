using Cairn.Operations.Definitions;

namespace Cairn.Operations;

/// <summary>Keras' operations by class name.</summary>
internal static class OperationRegistry
{
    private static readonly Dictionary<string, OperationDefinition> Known = Collect();

    /// <summary>All operations.</summary>
    public static IReadOnlyCollection<OperationDefinition> All => Known.Values;

    /// <summary>The operation with a class name; null if there is none.</summary>
    public static OperationDefinition? Find(string className) => Known.GetValueOrDefault(className);

    /// <summary>The operation with a class name that is known to exist.</summary>
    public static OperationDefinition Get(string className) => Known[className];

    private static Dictionary<string, OperationDefinition> Collect()
    {
        IEnumerable<OperationDefinition>[] groups =
        [
            ElementwiseOperations.All, ArithmeticOperations.All, ComparisonOperations.All, ReductionOperations.All,
            NanReductionOperations.All, QuantileOperations.All,
            ShapeOperations.All, JoiningOperations.All, IndexingOperations.All, OrderingOperations.All, CreationOperations.All,
            ProductOperations.All,
            LinearAlgebraOperations.All, SignalOperations.All, SegmentOperations.All, ActivationOperations.All, ConvolutionOperations.All,
            EncodingOperations.All,
            NormalizationOperations.All, LossOperations.All, PatchOperations.All, ImageOperations.All,
        ];
        return groups.SelectMany(group => group).ToDictionary(definition => definition.ClassName, StringComparer.Ordinal);
    }
}

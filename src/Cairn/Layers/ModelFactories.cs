using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>
/// Functions that read the configurations of models. Models belong to a higher tier than layers, so they register themselves here.
/// </summary>
internal static class ModelFactories
{
    private static readonly Dictionary<string, Func<ConfigReader, Layer>> Factories = new(StringComparer.Ordinal);

    /// <summary>Keras' class names of the models.</summary>
    public static IReadOnlyCollection<string> ClassNames => Factories.Keys;

    public static void Add(string className, Func<ConfigReader, Layer> factory) => Factories.Add(className, factory);

    public static Func<ConfigReader, Layer>? Find(string className) => Factories.GetValueOrDefault(className);
}

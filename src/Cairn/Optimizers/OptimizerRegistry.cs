using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Optimizers;

/// <summary>The optimizers by Keras name: strings in code, and class names in files.</summary>
internal static class OptimizerRegistry
{
    // Keras compares the names case-insensitively.
    private static readonly Dictionary<string, Func<ConfigReader, OptimizerSettings, Optimizer>> Factories =
        new(StringComparer.OrdinalIgnoreCase)
        {
            ["SGD"] = SGD.FromConfig,
            ["RMSprop"] = RMSprop.FromConfig,
            ["Adam"] = Adam.FromConfig,
            ["AdamW"] = AdamW.FromConfig,
            ["Adamax"] = Adamax.FromConfig,
            ["Nadam"] = Nadam.FromConfig,
            ["Adagrad"] = Adagrad.FromConfig,
            ["Adadelta"] = Adadelta.FromConfig,
            ["Adafactor"] = Adafactor.FromConfig,
            ["Ftrl"] = Ftrl.FromConfig,
            ["Lamb"] = Lamb.FromConfig,
            ["Lion"] = Lion.FromConfig,
            ["Muon"] = Muon.FromConfig,
        };

    // Not available as a string, which can't name the inner optimizer.
    private const string Wrapper = nameof(LossScaleOptimizer);

    public static Optimizer Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!Factories.TryGetValue(name, out Func<ConfigReader, OptimizerSettings, Optimizer>? factory))
        {
            throw new ArgumentException($"Unknown optimizer '{name}'. {NearestName.Hint(name, Names)}", nameof(name));
        }

        return factory(new ConfigReader([], name), OptimizerSettings.Default);
    }

    public static Optimizer Deserialize(JsonNode? node, string place)
    {
        (string className, ConfigReader config) = KerasObject.Unwrap(node, place);
        Func<ConfigReader, OptimizerSettings, Optimizer>? factory = !KerasObject.IsOfKeras(node) ? null
            : string.Equals(className, Wrapper, StringComparison.OrdinalIgnoreCase) ? LossScaleOptimizer.FromConfig
            : Factories.GetValueOrDefault(className);
        if (CustomObjects.TryMake<Optimizer>(node, className, config, isKeras: factory is not null) is { } custom)
        {
            return custom;
        }

        if (factory is null)
        {
            throw UnknownObject.Exception("optimizer", className, node, place,
                Names.Append(Wrapper).Concat(CustomObjects.NamesOf<Optimizer>()));
        }

        try
        {
            return factory(config, OptimizerSettings.From(config));
        }
        catch (ArgumentException exception) when (exception is not ConfigException)
        {
            throw new ConfigException(config.Place, exception.Message);
        }
    }

    private static IEnumerable<string> Names => Factories.Keys.Select(n => n.ToLowerInvariant());
}

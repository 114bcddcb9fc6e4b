using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Optimizers.Schedules;

/// <summary>A learning rate that depends on the step. Keras: <c>optimizers.schedules.LearningRateSchedule</c>.</summary>
[SavedKind]
public abstract class LearningRateSchedule
{
    private static readonly Dictionary<string, Func<ConfigReader, LearningRateSchedule>> Factories = new(StringComparer.Ordinal)
    {
        [nameof(ExponentialDecay)] = ExponentialDecay.FromConfig,
        [nameof(PiecewiseConstantDecay)] = PiecewiseConstantDecay.FromConfig,
        [nameof(PolynomialDecay)] = PolynomialDecay.FromConfig,
        [nameof(InverseTimeDecay)] = InverseTimeDecay.FromConfig,
        [nameof(CosineDecay)] = CosineDecay.FromConfig,
        [nameof(CosineDecayRestarts)] = CosineDecayRestarts.FromConfig,
    };

    /// <summary>Initializes the schedule.</summary>
    /// <param name="name">The name, which is saved in files and has no other effect.</param>
    protected LearningRateSchedule(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
    }

    /// <summary>
    /// Creates a schedule from a function: <c>new Adam(LearningRateSchedule.From(step => 1e-3 * Math.Min(1, (step + 1) / 1000.0)))</c>.
    /// </summary>
    /// <remarks>
    /// Files contain the method name, or <c>schedule</c> for a lambda; to load a model, pass the function under that name in
    /// <c>customObjects</c>.
    /// </remarks>
    /// <param name="rate">Returns the learning rate for the number of steps taken, 0 at first.</param>
    /// <param name="name">The name in files; the method name in snake case by default (null).</param>
    /// <param name="expression">Filled in by the compiler.</param>
    public static LearningRateSchedule From(
        Func<long, double> rate, string? name = null, [CallerArgumentExpression(nameof(rate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(rate);
        return new FunctionSchedule(rate, name ?? FunctionNames.Of(expression, "schedule"));
    }

    /// <summary>Keras' class name.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>The name, which is saved in files and has no other effect.</summary>
    public string Name { get; }

    /// <summary>Returns the learning rate after <paramref name="step"/> steps, as a 32-bit float.</summary>
    /// <param name="step">The number of steps taken, 0 or more.</param>
    public abstract float At(long step);

    internal static LearningRateSchedule Deserialize(JsonNode node, string place)
    {
        (string className, ConfigReader config) = KerasObject.Unwrap(node, place);
        Func<ConfigReader, LearningRateSchedule>? factory = KerasObject.IsOfKeras(node) ? Factories.GetValueOrDefault(className) : null;
        if (CustomObjects.TryMake<LearningRateSchedule>(node, className, config, isKeras: factory is not null) is { } custom)
        {
            return custom;
        }

        if (factory is null)
        {
            throw UnknownObject.Exception("learning-rate schedule", className, node, place,
                Factories.Keys.Concat(CustomObjects.NamesOf<LearningRateSchedule>()));
        }

        try
        {
            return factory(config);
        }
        catch (ArgumentException exception) when (exception is not ConfigException)
        {
            throw new ConfigException(config.Place, exception.Message);
        }
    }

    internal JsonObject Serialize()
    {
        var config = new JsonObject();
        WriteConfig(config);
        config["name"] = Name;
        return KerasObject.Of(this, "keras.optimizers.schedules", ClassName, config);
    }

    /// <summary>
    /// Writes the schedule's settings to its configuration, under Keras' names. The factory registered in <see cref="CustomObjects"/> reads
    /// them back.
    /// </summary>
    protected abstract void WriteConfig(JsonObject config);

    /// <summary>A number of steps as Keras writes it: an integer if possible.</summary>
    private protected static JsonValue Whole(double steps) =>
        Math.Abs(steps) < long.MaxValue && steps == Math.Floor(steps) ? JsonValue.Create((long)steps) : JsonValue.Create(steps);

    private protected static double Positive(double steps, string argument) =>
        steps > 0 ? steps : throw new ArgumentOutOfRangeException(argument, steps, $"{argument} must be above 0.");
}

using System.Collections;
using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cairn.Losses;
using Cairn.Metrics;
using static TorchSharp.torch;

namespace Cairn.Saving;

/// <summary>
/// Custom classes by their names in files, so that models that use them can be loaded. Keras equivalents:
/// <c>saving.register_keras_serializable</c>, <c>saving.custom_object_scope</c>.
/// </summary>
/// <remarks>
/// A custom class can be a layer, loss, metric, optimizer, learning-rate schedule, initializer, regularizer, constraint or callback; a name
/// can also stand for an activation function. A name in a file is looked up in the current scope, then among the registered objects, then
/// among the built-in ones. If the file records whether a class is Keras' own or a custom one, only classes of that origin match. Files
/// never run code of their own: they can only use what is registered.
/// </remarks>
/// <example>
/// <code>
/// CustomObjects.Register("Scale", config => new Scale(config.Double("factor"), config.Name));
/// using Model model = Model.Load("model.keras");
/// </code>
/// or for one file only:
/// <code>
/// using Model model = Model.Load("model.keras", customObjects: new() { { "Scale", config => new Scale(config.Double("factor"),
/// config.Name) } });
/// </code>
/// </example>
public sealed class CustomObjects : IEnumerable<string>
{
    private const string Kinds =
        "Layer, Loss, Metric, Optimizer, LearningRateSchedule, Initializer, Regularizer, Constraint, ActivationFunction, Callback";

    private static readonly CustomObjects Registered = [];
    private static readonly AsyncLocal<CustomObjects?> Current = new();

    private readonly ConcurrentDictionary<(Type Kind, string Name), Func<ObjectConfig, object>> factories = [];
    private CustomObjects? outer;

    /// <summary>Registers a class for all further loads; an earlier one with the same name is replaced.</summary>
    /// <param name="name">
    /// The name of the class in files, such as <c>Scale</c>. Keras writes <c>package&gt;Scale</c> for registered classes; a plain name
    /// matches any package, a name with <c>&gt;</c> only its own.
    /// </param>
    /// <param name="factory">Creates an object from its configuration.</param>
    /// <typeparam name="T">The type of the object; see the remarks of this class.</typeparam>
    /// <exception cref="ArgumentException">The name is empty, or <typeparamref name="T"/> is not a supported kind.</exception>
    public static void Register<T>(string name, Func<ObjectConfig, T> factory)
        where T : class => Registered.Add(name, factory);

    /// <summary>Removes what was registered under a name.</summary>
    /// <returns>Whether anything was registered under it.</returns>
    public static bool Unregister(string name)
    {
        bool found = false;
        foreach ((Type Kind, string Name) key in Registered.factories.Keys.Where(key => key.Name == name))
        {
            found |= Registered.factories.TryRemove(key, out _);
        }

        return found;
    }

    /// <summary>Adds a class to this collection; an earlier one with the same name is replaced.</summary>
    /// <param name="name">The name of the class in files; see <see cref="Register"/>.</param>
    /// <param name="factory">Creates an object from its configuration.</param>
    /// <typeparam name="T">The type of the object; see the remarks of this class.</typeparam>
    /// <exception cref="ArgumentException">The name is empty, or <typeparamref name="T"/> is not a supported kind.</exception>
    public void Add<T>(string name, Func<ObjectConfig, T> factory)
        where T : class
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(factory);
        Type kind = KindOf(typeof(T))
            ?? throw new ArgumentException($"CustomObjects can't register {typeof(T).Name}; supported kinds: {Kinds}.", nameof(factory));
        factories[(kind, name)] = config => factory(config);
    }

    /// <summary>Adds a function that a file uses as a loss or metric.</summary>
    /// <param name="name">The name of the Python function in files.</param>
    /// <param name="function">
    /// The equivalent C# function of targets and predictions. It returns one or more numbers per sample; their mean is used.
    /// </param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public void Add(string name, Func<Tensor, Tensor, Tensor> function)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(function);
        Add<Loss>(name, _ => new FunctionLoss(name, function));
        Add<Metric>(name, config => new FunctionMetric(config.Name ?? name, function));
    }

    /// <summary>Makes these objects available to every load until the scope is disposed, in this thread and the work it starts.</summary>
    public IDisposable Scope() => new ScopeEnd(this);

    /// <summary>The names; a name that is registered for several kinds appears once for each.</summary>
    public IEnumerator<string> GetEnumerator() => factories.Keys.Select(key => key.Name).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Creates the object that a file describes if its class is a custom one; otherwise null.</summary>
    /// <param name="node">Its Keras envelope, or its bare name.</param>
    /// <param name="className">The class name in the envelope.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="isKeras">
    /// Whether the class is Keras' own (see <see cref="KerasObject.IsOfKeras"/>), which a registered class can't replace. A bare name or a
    /// function name does not record the module, so registered objects take precedence, as in Keras.
    /// </param>
    /// <exception cref="ConfigException">The factory rejected the configuration or returned null.</exception>
    internal static T? TryMake<T>(JsonNode? node, string className, ConfigReader config, bool isKeras)
        where T : class
    {
        if ((isKeras && KerasObject.IsClass(node)) || Find(typeof(T), node, className) is not { } factory)
        {
            return null;
        }

        try
        {
            return (T?)factory(new ObjectConfig(className, config))
                ?? throw new ConfigException(config.Place, $"the factory registered for '{className}' returned null");
        }
        catch (Exception exception)
            when (exception is ArgumentException and not ConfigException or InvalidOperationException or FormatException
            or OverflowException)
        {
            throw new ConfigException(config.Place, exception.Message);
        }
    }

    /// <summary>The registered names of a kind of object, for messages.</summary>
    internal static IEnumerable<string> NamesOf<T>() =>
        Chain().SelectMany(objects => objects.factories.Keys).Where(key => key.Kind == typeof(T)).Select(key => key.Name);

    private static Func<ObjectConfig, object>? Find(Type kind, JsonNode? node, string className)
    {
        // Keras 3 writes the registered name in addition to the class name, Keras 2 in place of it: 'package>Class'.
        string? registered = node is JsonObject envelope && envelope["registered_name"] is JsonValue value
            && value.TryGetValue(out string? text) ? text : null;
        foreach (string name in new[] { registered, className, AfterPackage(registered), AfterPackage(className) }.OfType<string>())
        {
            foreach (CustomObjects objects in Chain())
            {
                if (objects.factories.TryGetValue((kind, name), out Func<ObjectConfig, object>? factory))
                {
                    return factory;
                }
            }
        }

        return null;
    }

    private static IEnumerable<CustomObjects> Chain()
    {
        for (CustomObjects? objects = Current.Value; objects is not null; objects = objects.outer)
        {
            yield return objects;
        }

        yield return Registered;
    }

    private static Type? KindOf(Type type)
    {
        Type? kind = type;
        while (kind is not null && !kind.IsDefined(typeof(SavedKindAttribute), inherit: false))
        {
            kind = kind.BaseType;
        }

        return kind;
    }

    private static string? AfterPackage(string? name) => name?[(name.LastIndexOf('>') + 1)..];

    private sealed class ScopeEnd : IDisposable
    {
        private readonly CustomObjects? before = Current.Value;

        // Each use gets its own scope: the same objects can be in use recursively and in several threads.
        public ScopeEnd(CustomObjects objects)
        {
            var scope = new CustomObjects { outer = before };
            foreach (((Type Kind, string Name) key, Func<ObjectConfig, object>? factory) in objects.factories)
            {
                scope.factories[key] = factory;
            }

            Current.Value = scope;
        }

        public void Dispose() => Current.Value = before;
    }
}

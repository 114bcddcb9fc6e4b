using System.Collections;
using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cairn.Losses;
using Cairn.Metrics;
using static TorchSharp.torch;

namespace Cairn.Saving;

/// <summary>
/// Classes of your own by the names that files know them by, so that models with them can be loaded. Keras:
/// <c>saving.register_keras_serializable</c>, <c>saving.custom_object_scope</c>.
/// </summary>
/// <remarks>
/// A class can be a layer, loss, metric, optimizer, learning-rate schedule, initializer, regularizer, constraint or callback, or a name can stand for
/// an activation function. What a file asks for is looked for among the objects of a scope, then among the registered ones, then among Keras' own; a
/// class of which the file says that it is Keras' is Keras', also where one of yours has the same name, and the other way round. A file never runs code
/// of its own: it can only ask for what is registered.
/// </remarks>
/// <example>
/// <code>
/// CustomObjects.Register("Scale", config => new Scale(config.Double("factor"), config.Name));
/// using Model model = Model.Load("model.keras");
/// </code>
/// or for one file only:
/// <code>
/// using Model model = Model.Load("model.keras", customObjects: new() { { "Scale", config => new Scale(config.Double("factor"), config.Name) } });
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

    /// <summary>Makes a class known to every load from now on; an earlier one of that name is replaced.</summary>
    /// <param name="name">
    /// The class' name in files, such as <c>Scale</c>. Keras writes <c>package&gt;Scale</c> for registered classes; the name alone stands for
    /// every package, one with <c>&gt;</c> only for its own.
    /// </param>
    /// <param name="factory">Makes an object of its configuration.</param>
    /// <typeparam name="T">What it makes; see the remarks of this class.</typeparam>
    /// <exception cref="ArgumentException">The name is empty, or <typeparamref name="T"/> is nothing that files hold.</exception>
    public static void Register<T>(string name, Func<ObjectConfig, T> factory)
        where T : class => Registered.Add(name, factory);

    /// <summary>Forgets what was registered under a name.</summary>
    /// <returns>Whether there was anything.</returns>
    public static bool Unregister(string name)
    {
        bool found = false;
        foreach ((Type Kind, string Name) key in Registered.factories.Keys.Where(key => key.Name == name))
        {
            found |= Registered.factories.TryRemove(key, out _);
        }

        return found;
    }

    /// <summary>Adds a class to these objects; an earlier one of that name is replaced.</summary>
    /// <param name="name">The class' name in files; see <see cref="Register"/>.</param>
    /// <param name="factory">Makes an object of its configuration.</param>
    /// <typeparam name="T">What it makes; see the remarks of this class.</typeparam>
    /// <exception cref="ArgumentException">The name is empty, or <typeparamref name="T"/> is nothing that files hold.</exception>
    public void Add<T>(string name, Func<ObjectConfig, T> factory)
        where T : class
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(factory);
        Type kind = KindOf(typeof(T))
            ?? throw new ArgumentException($"CustomObjects can't register a {typeof(T).Name}; the kinds that files hold are: {Kinds}.",
            nameof(factory));
        factories[(kind, name)] = config => factory(config);
    }

    /// <summary>Adds a function that a file names as its loss or as a metric.</summary>
    /// <param name="name">The Python function's name in files.</param>
    /// <param name="function">The same in C#, of targets and predictions: one number for each sample, or more, whose mean counts.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public void Add(string name, Func<Tensor, Tensor, Tensor> function)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(function);
        Add<Loss>(name, _ => new FunctionLoss(name, function));
        Add<Metric>(name, config => new FunctionMetric(config.Name ?? name, function));
    }

    /// <summary>Makes these objects known to every load until the scope is disposed, in this thread and what it starts.</summary>
    public IDisposable Scope() => new ScopeEnd(this);

    /// <summary>The names, each as often as it stands for another kind.</summary>
    public IEnumerator<string> GetEnumerator() => factories.Keys.Select(key => key.Name).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The object that a file asks for where its class is a custom one; otherwise null.</summary>
    /// <param name="node">Keras' envelope of it, or its bare name.</param>
    /// <param name="className">The class name in the envelope.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="isKeras">
    /// Whether the name is that of a class of Keras (see <see cref="KerasObject.IsOfKeras"/>), which nothing registered takes the place of. A bare name,
    /// and that of a function, tells no module, so that what is registered comes first, as in Keras.
    /// </param>
    /// <exception cref="ConfigException">The factory refused the configuration, or made nothing.</exception>
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
                ?? throw new ConfigException(config.Place, $"the factory that is registered for '{className}' made nothing");
        }
        catch (Exception exception)
            when (exception is ArgumentException and not ConfigException or InvalidOperationException or FormatException
            or OverflowException)
        {
            throw new ConfigException(config.Place, exception.Message);
        }
    }

    /// <summary>The names a kind of object can have besides Keras' own, for messages.</summary>
    internal static IEnumerable<string> NamesOf<T>() =>
        Chain().SelectMany(objects => objects.factories.Keys).Where(key => key.Kind == typeof(T)).Select(key => key.Name);

    private static Func<ObjectConfig, object>? Find(Type kind, JsonNode? node, string className)
    {
        // Keras 3 writes the registered name beside the class name, Keras 2 in its place: 'package>Class'.
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

        // A scope of its own for each use: the same objects can be in use inside themselves and in several threads.
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

using System.Reflection;
using Cairn.Initializers;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Metrics;

namespace Cairn.Tests.Surface;

// Both namespaces are imported here, as in a user's program.
public class FactoryTests
{
    [Theory]
    [InlineData(typeof(Loss))]
    [InlineData(typeof(Metric))]
    public void Every_class_has_a_factory_with_the_arguments_and_defaults_of_its_constructor(Type root)
    {
        var classes = root.Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(root) && !type.IsAbstract).ToList();
        Assert.True(classes.Count > 20);
        foreach (Type type in classes)
        {
            ConstructorInfo constructor = Assert.Single(type.GetConstructors());
            MethodInfo? factory = root.GetMethod(type.Name, BindingFlags.Public | BindingFlags.Static);
            Assert.True(factory is not null, $"{root.Name}.{type.Name}(...) is missing");
            Assert.Equal(type, factory.ReturnType);
            Assert.Equal(
                constructor.GetParameters().Select(p => (p.ParameterType, p.Name, p.HasDefaultValue, p.DefaultValue)),
                factory.GetParameters().Select(p => (p.ParameterType, p.Name, p.HasDefaultValue, p.DefaultValue)));
        }
    }

    [Fact]
    public void A_factory_passes_its_arguments_on()
    {
        Cairn.Losses.SparseCategoricalCrossentropy loss =
            Loss.SparseCategoricalCrossentropy(fromLogits: true, ignoreClass: 3, axis: 1, reduction: "sum", name: "own");
        Assert.Equal((true, (int?)3, 1, "sum", "own"), (loss.FromLogits, loss.IgnoreClass, loss.Axis, loss.Reduction, loss.Name));
        Assert.Equal("kept", Metric.SparseTopKCategoricalAccuracy(k: 3, name: "kept").Name);
        Assert.Equal("Hinge", Loss.Hinge().ClassName);
        Assert.Equal("Hinge", Metric.Hinge().ClassName);
    }

    [Fact]
    public void The_initializer_and_the_layer_called_Identity_are_made_side_by_side()
    {
        using var layer = new Identity();
        var initializer = Initializer.Identity(gain: 2);
        Assert.Equal("Identity", layer.ClassName);
        Assert.Equal("Identity", initializer.ClassName);
        Assert.Equal("""{"module":"keras.initializers","class_name":"Identity","config":{"gain":2},"registered_name":null}""",
            initializer.Serialize().ToJsonString());
        using var dense = new Dense(2, kernelInitializer: initializer);
        using var model = new Sequential([new Input([2]), layer, dense]);
        Assert.Equal([2f, 0, 0, 2], model.GetWeights()[0].ToArray());
    }

    [Fact]
    public void Factories_of_initializers_make_the_class_of_their_name()
    {
        foreach (Type type in typeof(Initializer).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Initializer))))
        {
            string name = type.Name.Replace("IdentityInitializer", "Identity", StringComparison.Ordinal);
            object? made = typeof(Initializer).GetProperty(name)?.GetValue(null);
            if (made is null)
            {
                MethodInfo? factory = typeof(Initializer).GetMethod(name, BindingFlags.Public | BindingFlags.Static);
                Assert.True(factory is not null, $"Initializer.{name} is missing");
                made = factory.Invoke(null, [.. factory.GetParameters().Select(p => p.DefaultValue)]);
            }

            Assert.IsType(type, made);
        }
    }

    [Fact]
    public void A_program_that_imports_what_the_package_imports_can_name_everything_in_it()
    {
        string props = File.ReadAllText(Path.Combine(Native.BuiltWith.RepositoryRoot, "src", "Cairn", "buildTransitive", "Cairn.props"));
        string[] namespaces = [.. System.Text.RegularExpressions.Regex.Matches(props, "<Using Include=\"([^\"]+)\" />")
            .Select(match => match.Groups[1].Value)];
        Assert.Contains("Cairn.Callbacks", namespaces);
        ILookup<string, Type> names = typeof(Model).Assembly.GetExportedTypes().Where(type => namespaces.Contains(type.Namespace))
            .ToLookup(type => type.Name);
        string[] twice = [.. names.Where(name => name.Count() > 1).Select(name => name.Key)];
        Assert.Equal(13, twice.Length);
        Assert.All(twice, name =>
        {
            Assert.NotNull(typeof(Loss).GetMethod(name));
            Assert.NotNull(typeof(Metric).GetMethod(name));
        });

        // Nor do they hide types of .NET's implicit usings.
        string[] ofDotnet = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading",
            "System.Threading.Tasks"];
        HashSet<string> known =
            [.. new[] { typeof(object), typeof(Enumerable), typeof(HttpClient), typeof(Console), typeof(Stack<int>), typeof(Uri),
            typeof(SortedSet<int>) }
            .SelectMany(type => type.Assembly.GetExportedTypes()).Where(type => ofDotnet.Contains(type.Namespace))
            .Select(type => type.Name)];
        Assert.DoesNotContain(names, name => known.Contains(name.Key));
    }
}

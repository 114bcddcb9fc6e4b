using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Optimizers.Schedules;

namespace Cairn.Tests.Models;

/// <summary>Arguments that are a number or a string: equal values compare equal and print as written.</summary>
public sealed class NumberOrWordTests
{
    [Fact]
    public void They_print_as_they_are_written()
    {
        Assert.Equal("auto", Text((Verbosity)"auto"));
        Assert.Equal("2", Text((Verbosity)2));
        Assert.Equal("0", Text(Verbosity.Silent));
        Assert.Equal("every 3", Text((ValidationFrequency)3));
        Assert.Equal("1, 5", Text((ValidationFrequency)(int[])[1, 5]));
        Assert.Equal("0.001", Text((LearningRate)0.001));
        Assert.Equal("ExponentialDecay", Text((LearningRate)new ExponentialDecay(0.1, 10, 0.9)));
        Assert.Equal("same", Text((Padding)"same"));
        Assert.Equal("epoch", Text((SaveFrequency)"epoch"));
        Assert.Equal("20", Text((UpdateFrequency)20));
        Assert.Equal("1", Text((UpdateFrequency)"batch"));
        Assert.Equal("00:02:00", Text((BackupFrequency)TimeSpan.FromMinutes(2)));
        Assert.Equal("auto", Text((InitialThreshold)"auto"));
        Assert.Equal("max", Text((MonitorMode)"max"));
        Assert.Equal("warn", Text((SaveErrorPolicy)"warn"));
    }

    [Fact]
    public void They_are_equal_if_they_mean_the_same()
    {
        var schedule = new ExponentialDecay(0.1, 10, 0.9);
        AssertEqual<Verbosity>("auto", default, 1);
        AssertEqual<ValidationFrequency>(1, default, 2);
        AssertEqual<ValidationFrequency>((ValidationFrequency)(int[])[2, 4], (ValidationFrequency)(int[])[2, 4],
            (ValidationFrequency)(int[])[2]);
        Assert.NotEqual<ValidationFrequency>(1, (ValidationFrequency)(int[])[1]);
        AssertEqual<LearningRate>(0.1, 0.1, 0.2);
        AssertEqual<LearningRate>(schedule, schedule, 0.1);
        AssertEqual<Padding>("valid", default, "causal");
        AssertEqual<SaveFrequency>("epoch", default, 5);
        AssertEqual<UpdateFrequency>("batch", 1, "epoch");
        AssertEqual<BackupFrequency>(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 1);
        AssertEqual<InitialThreshold>(0.5, 0.5, "auto");
        AssertEqual<MonitorMode>("auto", default, "min");
        AssertEqual<SaveErrorPolicy>("stop", default, "retry");
    }

    [Fact]
    public void Every_such_type_of_the_library_is_a_record_with_its_own_ToString()
    {
        // Types that convert implicitly from a string.
        Type[] types =
        [
            .. typeof(Model).Assembly.GetExportedTypes().Where(type => type.IsValueType && !type.IsEnum
                && type.GetMethods().Any(method => method.Name == "op_Implicit" && method.ReturnType == type
                    && method.GetParameters()[0].ParameterType == typeof(string))),
        ];
        Assert.Contains(typeof(Padding), types);
        Assert.All(types, type =>
        {
            Assert.True(typeof(IEquatable<>).MakeGenericType(type).IsAssignableFrom(type), $"{type} has no equality");
            Assert.NotNull(type.GetMethod("op_Equality"));
            Assert.DoesNotContain(" { ", Activator.CreateInstance(type)!.ToString(), StringComparison.Ordinal);
        });
    }

    private static string Text<T>(T value)
        where T : struct => value.ToString()!;

    private static void AssertEqual<T>(T one, T same, T other)
        where T : struct, IEquatable<T>
    {
        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(one, other);
    }
}

using Cairn.Callbacks;

namespace Cairn.Tests.Training;

public sealed class LogsTests
{
    [Fact]
    public void They_are_sorted_by_code_point_and_new_names_are_appended()
    {
        var logs = new Logs([new("loss", 1), new("Zeta", 2), new("accuracy", 3)]) { ["aaa"] = 4, ["loss"] = 5 };
        Assert.Equal(["Zeta", "accuracy", "loss", "aaa"], logs.Keys);
        Assert.Equal([2.0, 3, 5, 4], ((IReadOnlyDictionary<string, double>)logs).Values);
        Assert.Equal(4, logs.Count);
        Assert.True(logs.TryGetValue("aaa", out double value) && value == 4);
        Assert.False(logs.TryGetValue("bbb", out _));
    }

    [Fact]
    public void An_unknown_name_is_answered_with_those_there_are()
    {
        KeyNotFoundException error = Assert.Throws<KeyNotFoundException>(() => new Logs([new("loss", 1), new("mae", 1)])["los"]);
        Assert.Equal("The logs have no 'los'. Available names: loss, mae.", error.Message);
    }

    [Fact]
    public void A_name_given_twice_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new Logs([new("loss", 1), new("loss", 2)]));
    }

    [Fact]
    public void Empty_logs_are_new_each_time()
    {
        Logs.Empty["a"] = 1;
        Assert.Empty(Logs.Empty);
    }

    [Fact]
    public void They_print_as_numbers_and_are_not_computed_for_it()
    {
        var logs = new Logs([new("loss", (double)0.1f), new("accuracy", 1), new("learning_rate", 0.001)]);
        Assert.Equal("accuracy: 1, learning_rate: 0.001, loss: 0.1", logs.ToString());
        Assert.Equal("", Logs.Empty.ToString());
        var unread = new Logs(() => throw new InvalidOperationException("computed"));
        Assert.Equal("(not read yet)", unread.ToString());
    }
}

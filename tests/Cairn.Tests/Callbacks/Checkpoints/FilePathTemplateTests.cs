using System.Text.Json;
using Cairn.Callbacks;
using Cairn.Tests.Training;

namespace Cairn.Tests.Callbacks;

/// <summary>The expected values are those of Python 3.11.</summary>
public sealed class FilePathTemplateTests
{
    private static readonly JsonElement Table = ReferenceFile.Read("python_format.json");

    [Fact]
    public void Numbers_are_written_as_Python_writes_them()
    {
        var failures = new List<string>();
        int count = 0;
        foreach (JsonElement row in Table.GetProperty("values").EnumerateArray())
        {
            Check(row, failures);
            count++;
        }

        Assert.Empty(failures);
        Assert.True(count > 4000);
    }

    [Fact]
    public void Braces_conversions_and_nested_fields_are_read_as_Python_reads_them()
    {
        var failures = new List<string>();
        foreach (JsonElement row in Table.GetProperty("syntax").EnumerateArray())
        {
            // Attribute access works in Python on any object; a log value has no attributes here.
            if (row.GetProperty("template").GetString() != "{epoch.real}")
            {
                Check(row, failures);
            }
        }

        Assert.Empty(failures);
    }

    [Theory]
    [InlineData("{epoch.real}.h5")]
    [InlineData("{val_loss[0]}.h5")]
    [InlineData("{}.h5")]
    [InlineData("{0}.h5")]
    [InlineData("{epoch.h5")]
    [InlineData("x}.h5")]
    [InlineData("{val_loss:d}.h5")]
    [InlineData("{epoch:q}.h5")]
    [InlineData("{epoch:.2d}.h5")]
    [InlineData("{epoch:99999999}.h5")]
    public void Templates_that_can_never_be_filled_are_refused_immediately(string text)
    {
        Assert.Throws<FormatException>(() => new FilePathTemplate(text));
    }

    [Fact]
    public void An_unknown_name_is_reported_with_the_known_ones_and_the_nearest()
    {
        var template = new FilePathTemplate("{epoch:02d}-{val_los:.2f}.keras");
        KeyNotFoundException error = Assert.Throws<KeyNotFoundException>(
            () => template.Format(1, null, new Dictionary<string, double> { ["loss"] = 1, ["val_loss"] = 2 }));
        Assert.Contains("{epoch:02d}-{val_los:.2f}.keras", error.Message);
        Assert.Contains("'val_los'", error.Message);
        Assert.Contains("Did you mean 'val_loss'?", error.Message);
        Assert.Contains("Known: 'epoch', 'loss', 'val_loss'.", error.Message);
    }

    [Fact]
    public void The_batch_number_exists_only_when_files_are_written_by_batches()
    {
        var template = new FilePathTemplate("{epoch:03d}_{batch:05d}.weights.h5");
        var logs = new Dictionary<string, double> { ["loss"] = 1 };
        Assert.Equal("002_00007.weights.h5", template.Format(2, 7, logs));
        KeyNotFoundException error = Assert.Throws<KeyNotFoundException>(() => template.Format(2, null, logs));
        Assert.Contains("saveFreq", error.Message);
    }

    private static void Check(JsonElement row, List<string> failures)
    {
        string text = row.GetProperty("template").GetString()!;
        var logs = new Dictionary<string, double>();
        int epoch = row.TryGetProperty("int", out JsonElement whole) ? whole.GetInt32() : 0;
        if (row.TryGetProperty("float", out JsonElement real))
        {
            logs["v"] = ReferenceFile.Number(real);
        }

        string actual;
        try
        {
            actual = new FilePathTemplate(text).Format(epoch, null, logs);
        }
        catch (Exception e) when (e is FormatException or KeyNotFoundException)
        {
            if (!row.TryGetProperty("error", out _))
            {
                failures.Add($"{row}: {e.Message}");
            }

            return;
        }

        if (!row.TryGetProperty("result", out JsonElement expected) || expected.GetString() != actual)
        {
            failures.Add($"{row}: {actual}");
        }
    }
}

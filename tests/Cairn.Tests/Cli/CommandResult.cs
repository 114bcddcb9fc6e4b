namespace Cairn.Tests.Cli;

/// <summary>Output and exit code of a command run within the test process.</summary>
internal sealed record CommandResult(int Code, string Output, string Error)
{
    public static CommandResult Of(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = Cairn.Cli.CommandLine.Run(arguments, output, error);
        return new CommandResult(code, output.ToString(), error.ToString());
    }

    /// <summary>The output of a command that must succeed.</summary>
    public static string OutputOf(params string[] arguments)
    {
        CommandResult result = Of(arguments);
        Assert.True(result.Code == 0, $"exit code {result.Code}: {result.Error}");
        return result.Output;
    }

    /// <summary>The cells of the table row whose first cell is <paramref name="first"/>.</summary>
    public static string[] Row(string output, string first) => output.Split('\n')
        .Where(line => line.StartsWith('│'))
        .Select(line => line.Trim().Trim('│').Split('│', StringSplitOptions.TrimEntries))
        .First(cells => cells[0] == first);
}

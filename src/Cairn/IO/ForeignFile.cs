namespace Cairn.Saving;

/// <summary>Names the files that people take for a model or for data, and that are neither.</summary>
internal static class ForeignFile
{
    /// <summary>How many bytes from the start of a file tell what it is.</summary>
    public const int StartBytes = 128;

    private const string GitLfs = "version https://git-lfs.github.com/spec/";
    private static readonly string[] Pages = ["<!doctype html", "<html"];

    /// <summary>Why a file that begins with <paramref name="start"/> can't be read; null where nothing is known against it.</summary>
    public static string? Problem(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty)
        {
            return "the file is empty.";
        }

        // The mark of a pickle's version, 2 to 5, stands first.
        if (start is [0x80, >= 2 and <= 5, ..])
        {
            return "this is a Python pickle; opening one runs what it brings along, so it is never opened.";
        }

        if (start is [0x1F, 0x8B, ..])
        {
            return "this is a gzip file; unpack it first.";
        }

        string text = System.Text.Encoding.Latin1.GetString(start);
        if (text.StartsWith(GitLfs, StringComparison.Ordinal))
        {
            return "this is a Git LFS pointer and not the file itself; run 'git lfs pull' in its repository to get that.";
        }

        return Array.Exists(Pages, page => text.AsSpan().TrimStart().StartsWith(page, StringComparison.OrdinalIgnoreCase))
            ? "this is a web page (HTML) and not the file itself; download the file behind it."
            : null;
    }

    /// <summary>The same for an open file.</summary>
    public static string? Problem(WeightSource file)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(StartBytes, file.Length)];
        file.Read(0, start);
        return Problem(start);
    }
}

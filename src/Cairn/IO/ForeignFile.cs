namespace Cairn.Saving;

/// <summary>Recognizes common files that are neither models nor data, for error messages.</summary>
internal static class ForeignFile
{
    /// <summary>How many bytes from the start of a file are enough to recognize it.</summary>
    public const int StartBytes = 128;

    private const string GitLfs = "version https://git-lfs.github.com/spec/";
    private static readonly string[] Pages = ["<!doctype html", "<html"];

    /// <summary>Why a file that starts with <paramref name="start"/> can't be read; null if nothing is known against it.</summary>
    public static string? Problem(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty)
        {
            return "the file is empty.";
        }

        // Safetensors: the length of a JSON header, whose first bytes may be those of other files, and the header.
        if (start is [_, _, _, _, 0, 0, 0, 0, (byte)'{', ..])
        {
            return null;
        }

        // A pickle of protocol 2 to 5 starts with the protocol marker.
        if (start is [0x80, >= 2 and <= 5, ..])
        {
            return "this is a Python pickle. Loading one runs the code in it, so pickles are never loaded.";
        }

        if (start is [0x1F, 0x8B, ..])
        {
            return "this is a gzip file; unpack it first.";
        }

        string text = System.Text.Encoding.Latin1.GetString(start);
        if (text.StartsWith(GitLfs, StringComparison.Ordinal))
        {
            return "this is a Git LFS pointer, not the file itself; run 'git lfs pull' in its repository.";
        }

        return Array.Exists(Pages, page => text.AsSpan().TrimStart().StartsWith(page, StringComparison.OrdinalIgnoreCase))
            ? "this is a web page (HTML), not the file itself; download the file it links to."
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

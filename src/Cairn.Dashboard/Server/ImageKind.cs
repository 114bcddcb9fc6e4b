namespace Cairn.Dashboard.Server;

/// <summary>Recognizes PNG and JPEG files by their first bytes.</summary>
internal static class ImageKind
{
    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    /// <summary>The media type; null for anything else.</summary>
    public static string? Of(ReadOnlySpan<byte> file) =>
        file.StartsWith(Png) ? "image/png" : file.StartsWith(Jpeg) ? "image/jpeg" : null;
}

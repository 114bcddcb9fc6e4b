using Microsoft.AspNetCore.Http;

namespace Cairn.Dashboard.Server;

/// <summary>Reads the bodies of posts, up to a limit.</summary>
internal static class RequestBody
{
    /// <summary>The largest body that is read.</summary>
    public const int MostBytes = 1 << 20;

    /// <summary>The whole body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="most">The largest body that is allowed.</param>
    /// <param name="cancel">Cancels reading.</param>
    /// <exception cref="BadHttpRequestException">It is larger.</exception>
    public static async Task<byte[]> Read(HttpRequest request, int most, CancellationToken cancel)
    {
        if (request.ContentLength > most)
        {
            throw TooLarge(most);
        }

        using var read = new MemoryStream();
        byte[] piece = new byte[4096];
        for (int count; (count = await request.Body.ReadAsync(piece, cancel)) > 0;)
        {
            if (read.Length + count > most)
            {
                throw TooLarge(most);
            }

            read.Write(piece, 0, count);
        }

        return read.ToArray();
    }

    private static BadHttpRequestException TooLarge(int most) =>
        new($"the body is larger than {most} bytes", StatusCodes.Status413PayloadTooLarge);
}

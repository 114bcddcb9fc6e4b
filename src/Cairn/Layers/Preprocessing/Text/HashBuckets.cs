using System.Text;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Hashes strings into buckets as TensorFlow does: with FarmHash, or with SipHash and a salt of two numbers.</summary>
/// <param name="Salt">The salt; null for none.</param>
internal sealed record HashBuckets((long First, long Second)? Salt)
{
    public long Of(string text, long buckets)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        ulong hash = Salt is { } salt ? SipHash.Hash((ulong)salt.First, (ulong)salt.Second, bytes) : FarmHash.Fingerprint64(bytes);
        return (long)(hash % (ulong)buckets);
    }

    public static HashBuckets Read(ConfigReader config) => new(config.OptionalDoubles("salt") switch
    {
        null => null,
        [double one] => ((long)one, (long)one),
        [double first, double second] => ((long)first, (long)second),
        _ => throw config.Error("salt", "expected one or two integers"),
    });

    public JsonArray? ToJson() => Salt is { } salt ? new JsonArray(salt.First, salt.Second) : null;
}

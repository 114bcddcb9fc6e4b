using System.Buffers.Binary;

namespace Cairn.Saving;

/// <summary>A model's weights in <c>.safetensors</c> files.</summary>
internal sealed class SafetensorsWeights : NamedWeightsFile
{
    private const int LengthBytes = 8;

    public override IReadOnlyList<string> Endings => [".safetensors"];

    public override void Write(Stream stream, IReadOnlyList<WeightData> weights, bool carriesChecksum) =>
        SafetensorsFile.Write(stream, weights, carriesChecksum ? ContentChecksum.Of(weights) : null);

    public override NamedWeights Read(string path, FileLimits? limits = null) => SafetensorsFile.Read(path, limits);

    // There is no signature: check for a plausible length and the start of a JSON object.
    protected override bool Recognizes(WeightSource file)
    {
        if (file.Length <= LengthBytes + 1)
        {
            return false;
        }

        Span<byte> start = stackalloc byte[LengthBytes + 1];
        file.Read(0, start);
        return start[LengthBytes] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(start) <= (ulong)(file.Length - LengthBytes);
    }
}

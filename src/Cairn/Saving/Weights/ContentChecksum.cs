using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Cairn.Saving.Hdf5;

namespace Cairn.Saving;

/// <summary>
/// The checksum of a checkpoint's content, stored in the file where Keras ignores it: XXH128 of all texts, names, types, shapes and
/// values. It detects damage, not tampering. (A <c>.keras</c> archive has the checksum of the zip format.)
/// </summary>
/// <remarks>
/// It covers the content, not the bytes of the file, so that it is known before the file is laid out and nothing has to be read again.
/// Programs that save the model again drop it, and a file without one is accepted.
/// </remarks>
internal sealed class ContentChecksum
{
    /// <summary>The key under which a file stores it.</summary>
    public const string Key = "cairn_checksum";

    private const int PieceBytes = 1024 * 1024;
    private readonly XxHash128 sum = new();

    private ContentChecksum()
    {
    }

    /// <summary>The checksum of a whole model.</summary>
    public static string Of(ModelData model)
    {
        var all = new ContentChecksum();
        all.Add([model.ModelConfig, model.TrainingConfig, model.KerasVersion, model.Backend]);
        foreach ((string key, string value) in model.CairnAttributes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            all.Add([key, value]);
        }

        foreach (LayerData layer in model.Layers)
        {
            all.Add([layer.Name]);
            all.Add(layer.Weights);
        }

        all.Add(model.TopLevelWeights);
        all.Add(model.OptimizerWeights ?? []);
        return all.Text;
    }

    /// <summary>The checksum of weights by object path.</summary>
    public static string Of(IEnumerable<WeightGroup> groups)
    {
        var all = new ContentChecksum();

        // An empty group is not written to the file, unless its object is named.
        foreach (WeightGroup group in groups.Where(group => group.Name is not null || group.Weights.Count > 0)
            .OrderBy(group => group.Path, StringComparer.Ordinal))
        {
            all.Add([group.Path, group.Name]);
            all.Add(group.Weights);
        }

        return all.Text;
    }

    /// <summary>The checksum of weights by name.</summary>
    public static string Of(IEnumerable<WeightData> weights)
    {
        var all = new ContentChecksum();
        foreach (WeightData weight in weights.OrderBy(weight => weight.Name, StringComparer.Ordinal))
        {
            all.Add([weight.Name]);
            all.Add([weight]);
        }

        return all.Text;
    }

    /// <summary>Verifies the checksum in the background, while the content is already in use.</summary>
    /// <param name="stored">The stored checksum; null if there is none, which is accepted.</param>
    /// <param name="compute">Computes the checksum of the content that was read.</param>
    /// <param name="fileName">The file, for messages.</param>
    /// <returns>Completes when it is verified, and fails with a <see cref="ModelFormatException"/> if it differs.</returns>
    public static Task Check(string? stored, Func<string> compute, string? fileName) => stored is null ? Task.CompletedTask : Task.Run(() =>
    {
        if (compute() == stored)
        {
            return;
        }

        throw new ModelFormatException(
            "the content does not match its checksum; the file is damaged. (If the file was changed on purpose, delete the checksum.)",
            fileName, Key);
    });

    private string Text => Convert.ToHexStringLower(sum.GetCurrentHash());

    // The length before each part makes the concatenation unambiguous.
    private void Add(IEnumerable<string?> texts)
    {
        foreach (string? text in texts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text ?? "");
            Add(text is null ? -1 : bytes.Length);
            sum.Append(bytes);
        }
    }

    private void Add(IReadOnlyList<WeightData> weights)
    {
        Add(weights.Count);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        foreach (WeightData weight in weights)
        {
            Add([weight.DType]);
            Add(weight.Shape.Length);
            foreach (long size in weight.Shape)
            {
                Add(size);
            }

            Add(weight.Content, weight.ByteCount, buffer.AsSpan(0, PieceBytes));
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Add(WeightContent content, long bytes, Span<byte> buffer)
    {
        if (content.InMemory is { } memory)
        {
            sum.Append(memory.Span);
            return;
        }

        for (long done = 0; done < bytes; done += buffer.Length)
        {
            Span<byte> piece = buffer[..(int)Math.Min(buffer.Length, bytes - done)];
            content.CopyTo(piece, done);
            sum.Append(piece);
        }
    }

    private void Add(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        sum.Append(bytes);
    }
}

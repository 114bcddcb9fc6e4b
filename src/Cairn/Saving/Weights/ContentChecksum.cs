using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Cairn.Saving.Hdf5;

namespace Cairn.Saving;

/// <summary>
/// The checksum of what a checkpoint's file says, which the file carries where Keras does not look: XXH128 of all texts, names, types, shapes and
/// numbers. Not a seal: it finds damage, not intent. (A <c>.keras</c> archive has that of the zip format.)
/// </summary>
/// <remarks>
/// It is made of the content, not of the file's bytes, so that it is known before the file is laid out and nothing has to be read again. Programs
/// that save the model anew leave it out, and a file without one is accepted.
/// </remarks>
internal sealed class ContentChecksum
{
    /// <summary>The name under which a file carries it.</summary>
    public const string Key = "cairn_checksum";

    private const int PieceBytes = 1024 * 1024;
    private readonly XxHash128 sum = new();

    private ContentChecksum()
    {
    }

    /// <summary>That of a whole model.</summary>
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

    /// <summary>That of weights by where their object is.</summary>
    public static string Of(IEnumerable<WeightGroup> groups)
    {
        var all = new ContentChecksum();

        // A group that says nothing is not in the file; those of an object that is named are.
        foreach (WeightGroup group in groups.Where(group => group.Name is not null || group.Weights.Count > 0)
            .OrderBy(group => group.Path, StringComparer.Ordinal))
        {
            all.Add([group.Path, group.Name]);
            all.Add(group.Weights);
        }

        return all.Text;
    }

    /// <summary>That of weights by name.</summary>
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

    /// <summary>Compares in the background, while the content is used already.</summary>
    /// <param name="stored">What the file carries; null for nothing, which is accepted.</param>
    /// <param name="compute">Computes it of what was read.</param>
    /// <param name="fileName">The file, for messages.</param>
    /// <returns>Ends when it is compared, in a <see cref="ModelFormatException"/> where it differs.</returns>
    public static Task Check(string? stored, Func<string> compute, string? fileName) => stored is null ? Task.CompletedTask : Task.Run(() =>
    {
        if (compute() == stored)
        {
            return;
        }

        throw new ModelFormatException(
            "the content does not match its checksum; the file is damaged. (Of one that was changed on purpose, delete the checksum.)",
            fileName, Key);
    });

    private string Text => Convert.ToHexStringLower(sum.GetCurrentHash());

    // A length before each part keeps two parts from being taken for one.
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

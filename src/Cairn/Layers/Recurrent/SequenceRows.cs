using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>The samples of each step of sequences in CPU memory, which is usually ordered by sample.</summary>
internal readonly unsafe struct SequenceRows
{
    private readonly float* first;
    private readonly long step;
    private readonly long sample;
    private readonly int features;

    private SequenceRows(Tensor memory, bool isBySample)
    {
        first = (float*)TensorMemory.PointerTo(memory);
        features = (int)memory.size(2);
        long whole = memory.size(1) * features;
        step = isBySample ? features : whole;
        sample = isBySample ? whole : features;
    }

    /// <summary>The rows of a tensor <c>[steps, batch, features]</c>. A copy belongs to the dispose scope.</summary>
    public static SequenceRows Of(Tensor x)
    {
        Tensor plain = x.detach(), turned = plain.transpose(0, 1);
        return turned.is_contiguous()
            ? new SequenceRows(turned, isBySample: true)
            : new SequenceRows(plain.contiguous(), isBySample: false);
    }

    /// <summary>Copies the rows of some samples at a step to contiguous memory.</summary>
    public void Copy(long atStep, int firstSample, int count, float* to)
    {
        float* from = first + (atStep * step) + (firstSample * sample);
        for (int row = 0; row < count; row++, from += sample, to += features)
        {
            new Span<float>(from, features).CopyTo(new Span<float>(to, features));
        }
    }
}

using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Saving;

/// <summary>Copies of variables in reused memory, for writing while training continues.</summary>
internal sealed class WeightCopies : IDisposable
{
    private readonly List<Tensor> buffers = [];
    private int next;

    /// <summary>Starts a new set of copies; the previous copies must no longer be in use.</summary>
    public void Begin() => next = 0;

    /// <summary>Copies the next variable.</summary>
    public unsafe WeightData Take(Variable variable)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor source = variable.Stored.detach();
        Tensor copy = BufferFor(source);
        SnapshotCopy.Copy(source, copy);
        string type = ModuleType.TypeOf((long)copy.dtype)
            ?? throw new NotSupportedException($"The weight '{variable.Path}' has type {copy.dtype}, which no file format supports.");
        return WeightData.FromPointer(variable.Path, copy.shape, type, (nint)TensorMemory.PointerTo(copy), copy);
    }

    public void Dispose()
    {
        foreach (Tensor buffer in buffers)
        {
            buffer.Dispose();
        }

        buffers.Clear();
    }

    private Tensor BufferFor(Tensor source)
    {
        int index = next++;
        if (index < buffers.Count && buffers[index].dtype == source.dtype && buffers[index].shape.AsSpan().SequenceEqual(source.shape))
        {
            return buffers[index];
        }

        Tensor fresh = empty(source.shape, source.dtype).DetachFromDisposeScope();
        if (index < buffers.Count)
        {
            buffers[index].Dispose();
            buffers[index] = fresh;
        }
        else
        {
            buffers.Add(fresh);
        }

        return fresh;
    }
}

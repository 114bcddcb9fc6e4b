using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Saving;

/// <summary>Copies of variables, in memory that is used again for the next copies: what is written while training goes on.</summary>
internal sealed class WeightCopies : IDisposable
{
    private readonly List<Tensor> buffers = [];
    private int next;

    /// <summary>Begins a new set of copies; those taken before must not be needed any more.</summary>
    public void Begin() => next = 0;

    /// <summary>Copies the next variable.</summary>
    public unsafe WeightData Take(Variable variable)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor source = variable.Value.detach();
        Tensor copy = BufferFor(source);
        SnapshotCopy.Copy(source, copy);
        string type = ModuleType.TypeOf((long)copy.dtype)
            ?? throw new NotSupportedException($"The weight '{variable.Path}' is of type {copy.dtype}, which no file holds.");
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

using PureHDF;
using PureHDF.Selections;

namespace Cairn.Saving.Hdf5;

/// <summary>Weights that are longer than what PureHDF takes in one piece: written row by row once the file is laid out.</summary>
/// <param name="most">Bytes of a weight above which it is one; an array in .NET, and so a piece, ends at 2 GB.</param>
internal sealed class LargeWeights(long most = int.MaxValue)
{
    private const int PieceBytes = 4 * 1024 * 1024;

    private readonly List<Action<H5NativeWriter>> writes = [];

    public bool Any => writes.Count > 0;

    public bool IsLarge(WeightData weight) => weight.ByteCount > most;

    /// <summary>The data set of a large weight; its numbers follow in <see cref="Write"/>.</summary>
    /// <exception cref="ArgumentException">One row of it alone is too long.</exception>
    public H5Dataset Add<T>(WeightData weight)
        where T : unmanaged
    {
        ulong[] shape = Array.ConvertAll(weight.Shape, dimension => (ulong)dimension);
        int axis = Array.FindIndex(weight.Shape, size => size > 1);
        long rows = weight.Shape[axis], rowElements = weight.ElementCount / rows, rowBytes = weight.ByteCount / rows;
        if (rowBytes > int.MaxValue / 2)
        {
            throw new ArgumentException(
                $"'{weight.Name}' of shape {(Shape)weight.Shape} has {rowBytes} bytes in each row; an HDF5 file is written row by row, of at most {int.MaxValue / 2} bytes. "
                + "Save the weights as '.safetensors'.");
        }

        var dataset = new H5Dataset<T[]>(fileDims: shape);
        long step = Math.Clamp(PieceBytes / rowBytes, 1, rows);
        writes.Add(writer =>
        {
            for (long row = 0; row < rows; row += step)
            {
                long count = Math.Min(step, rows - row);
                var piece = new T[count * rowElements];
                weight.Content.CopyTo(System.Runtime.InteropServices.MemoryMarshal.AsBytes(piece.AsSpan()), row * rowBytes);
                ulong[] starts = new ulong[shape.Length], blocks = [.. shape];
                (starts[axis], blocks[axis]) = ((ulong)row, (ulong)count);
                writer.Write(dataset, piece, fileSelection: new HyperslabSelection(shape.Length, starts, blocks));
            }
        });
        return dataset;
    }

    /// <summary>Writes the numbers of all of them.</summary>
    public void Write(H5NativeWriter writer)
    {
        foreach (Action<H5NativeWriter> write in writes)
        {
            write(writer);
        }
    }
}

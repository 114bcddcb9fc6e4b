using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using PureHDF;

namespace Cairn.Saving.Hdf5;

/// <summary>Puts weights and names into the objects that PureHDF writes, without copying the weights.</summary>
internal static class Hdf5Writing
{
    // Keras' limit for what goes into one attribute; HDF5 itself stops at 64 KiB for a whole header message.
    private const int MaximumAttributeBytes = 64512;
    private const int BytesOfStringReference = 16;

    /// <summary>Writes the file; what the stream throws is thrown as it is.</summary>
    public static void Write(H5File file, Stream stream, LargeWeights large)
    {
        try
        {
            if (!large.Any)
            {
                file.Write(stream);
                return;
            }

            using H5NativeWriter writer = file.BeginWrite(stream);
            large.Write(writer);
        }
        catch (TargetInvocationException exception) when (exception.GetBaseException() is IOException or UnauthorizedAccessException)
        {
            // PureHDF calls itself by reflection, which wraps the disk's own words.
            ExceptionDispatchInfo.Throw(exception.GetBaseException());
        }
    }

    /// <summary>Adds the weight below <paramref name="group"/>, creating a group for each part of its name but the last.</summary>
    /// <exception cref="ArgumentException">Two weights of the group have the same name, or one's name is part of another's.</exception>
    public static void AddWeight(H5Group group, WeightData weight, LargeWeights large)
    {
        string[] steps = weight.Name.Split('/');
        H5Group parent = GetOrAddGroup(group, steps[..^1], weight.Name);
        if (!parent.TryAdd(steps[^1], ToDataset(weight, large)))
        {
            throw new ArgumentException($"Two weights are named '{weight.Name}'; the names within a layer must differ.");
        }
    }

    /// <summary>The group of that path, created where missing.</summary>
    public static H5Group GetOrAddGroup(H5Group group, string path) =>
        path.Length == 0 ? group : GetOrAddGroup(group, path.Split('/'), path);

    /// <summary>Adds a list of names as Keras does: split over <c>name0</c>, <c>name1</c>… when too long for one attribute.</summary>
    /// <exception cref="ArgumentException">One name alone is longer than an attribute can be.</exception>
    public static void AddNames(H5Group group, string attribute, IReadOnlyList<string> names)
    {
        int longest = names.Count == 0 ? 0 : names.Max(Encoding.UTF8.GetByteCount);
        if (longest > MaximumAttributeBytes)
        {
            throw new ArgumentException(
                $"A name of {longest} bytes ('{names.MaxBy(Encoding.UTF8.GetByteCount)![..40]}…') cannot be saved; "
                + $"at most {MaximumAttributeBytes} are possible.");
        }

        // Keras counts the bytes of the names; each also takes a reference, which matters when they are short.
        int bytesOfOne = Math.Max(longest, BytesOfStringReference);
        int pieces = 1;
        while ((names.Count + pieces - 1L) / pieces * bytesOfOne > MaximumAttributeBytes)
        {
            pieces++;
        }

        if (pieces == 1)
        {
            group.Attributes[attribute] = names.ToArray();
            return;
        }

        for (int piece = 0, start = 0; piece < pieces; piece++)
        {
            int length = names.Count / pieces + (piece < names.Count % pieces ? 1 : 0);
            group.Attributes[attribute + piece] = names.Skip(start).Take(length).ToArray();
            start += length;
        }
    }

    private static H5Group GetOrAddGroup(H5Group group, string[] steps, string path)
    {
        foreach (string step in steps)
        {
            if (step.Length == 0)
            {
                throw new ArgumentException($"'{path}' cannot be saved: a part of the name is empty.");
            }

            if (!group.TryGetValue(step, out object? child))
            {
                group[step] = child = new H5Group();
            }

            group = child as H5Group
                ?? throw new ArgumentException($"'{path}' cannot be saved: another weight is named like the group '{step}' it belongs in.");
        }

        return group;
    }

    private static H5Dataset ToDataset(WeightData weight, LargeWeights large) => weight.DType switch
    {
        WeightType.Float16 => ToDataset<Half>(weight, large),
        WeightType.Float32 => ToDataset<float>(weight, large),
        WeightType.Float64 => ToDataset<double>(weight, large),
        WeightType.Int8 => ToDataset<sbyte>(weight, large),
        WeightType.Int16 => ToDataset<short>(weight, large),
        WeightType.Int32 => ToDataset<int>(weight, large),
        WeightType.Int64 => ToDataset<long>(weight, large),
        WeightType.UInt8 => ToDataset<byte>(weight, large),
        WeightType.UInt16 => ToDataset<ushort>(weight, large),
        WeightType.UInt32 => ToDataset<uint>(weight, large),
        WeightType.UInt64 => ToDataset<ulong>(weight, large),
        // How h5py knows a boolean: an enumeration of these two names.
        WeightType.Bool => ToDataset<Hdf5Boolean>(weight, large),
        _ => throw new ArgumentException($"Weights of type '{weight.DType}' cannot be saved ('{weight.Name}')."),
    };

    private static H5Dataset ToDataset<T>(WeightData weight, LargeWeights large) where T : unmanaged
    {
        if (large.IsLarge(weight))
        {
            return large.Add<T>(weight);
        }

        if (weight.Shape.Length == 0)
        {
            return new H5Dataset(MemoryMarshal.Read<T>(weight.Bytes.Span));
        }

        ulong[] shape = Array.ConvertAll(weight.Shape, dimension => (ulong)dimension);
        return weight.ElementCount == 0
            ? new H5Dataset(Array.Empty<T>(), fileDims: shape)
            : new H5Dataset(CastMemory<byte, T>.Of(weight.Bytes), fileDims: shape);
    }
}

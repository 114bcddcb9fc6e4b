using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Splits the outputs of a layer into variables: <c>var (output, h, c) = new LSTM(8, returnState: true).ApplyMany(x);</c>.
/// </summary>
public static class TensorLists
{
    /// <summary>Splits two outputs.</summary>
    /// <exception cref="ArgumentException">There are not two.</exception>
    public static void Deconstruct(this IReadOnlyList<KerasTensor> outputs, out KerasTensor first, out KerasTensor second)
    {
        Require(outputs, 2);
        (first, second) = (outputs[0], outputs[1]);
    }

    /// <summary>Splits three outputs.</summary>
    /// <exception cref="ArgumentException">There are not three.</exception>
    public static void Deconstruct(this IReadOnlyList<KerasTensor> outputs, out KerasTensor first, out KerasTensor second,
        out KerasTensor third)
    {
        Require(outputs, 3);
        (first, second, third) = (outputs[0], outputs[1], outputs[2]);
    }

    /// <summary>Splits four outputs.</summary>
    /// <exception cref="ArgumentException">There are not four.</exception>
    public static void Deconstruct(this IReadOnlyList<KerasTensor> outputs, out KerasTensor first, out KerasTensor second,
        out KerasTensor third, out KerasTensor fourth)
    {
        Require(outputs, 4);
        (first, second, third, fourth) = (outputs[0], outputs[1], outputs[2], outputs[3]);
    }

    /// <summary>Splits five outputs.</summary>
    /// <exception cref="ArgumentException">There are not five.</exception>
    public static void Deconstruct(this IReadOnlyList<KerasTensor> outputs, out KerasTensor first, out KerasTensor second,
        out KerasTensor third, out KerasTensor fourth, out KerasTensor fifth)
    {
        Require(outputs, 5);
        (first, second, third, fourth, fifth) = (outputs[0], outputs[1], outputs[2], outputs[3], outputs[4]);
    }

    /// <summary>Splits two outputs.</summary>
    /// <exception cref="ArgumentException">There are not two.</exception>
    public static void Deconstruct(this Tensor[] outputs, out Tensor first, out Tensor second)
    {
        Require(outputs, 2);
        (first, second) = (outputs[0], outputs[1]);
    }

    /// <summary>Splits three outputs.</summary>
    /// <exception cref="ArgumentException">There are not three.</exception>
    public static void Deconstruct(this Tensor[] outputs, out Tensor first, out Tensor second, out Tensor third)
    {
        Require(outputs, 3);
        (first, second, third) = (outputs[0], outputs[1], outputs[2]);
    }

    /// <summary>Splits four outputs.</summary>
    /// <exception cref="ArgumentException">There are not four.</exception>
    public static void Deconstruct(this Tensor[] outputs, out Tensor first, out Tensor second, out Tensor third, out Tensor fourth)
    {
        Require(outputs, 4);
        (first, second, third, fourth) = (outputs[0], outputs[1], outputs[2], outputs[3]);
    }

    /// <summary>Splits two predictions.</summary>
    /// <exception cref="ArgumentException">There are not two.</exception>
    public static void Deconstruct(this IReadOnlyList<NDArray> outputs, out NDArray first, out NDArray second)
    {
        Require(outputs, 2);
        (first, second) = (outputs[0], outputs[1]);
    }

    /// <summary>Splits three predictions.</summary>
    /// <exception cref="ArgumentException">There are not three.</exception>
    public static void Deconstruct(this IReadOnlyList<NDArray> outputs, out NDArray first, out NDArray second, out NDArray third)
    {
        Require(outputs, 3);
        (first, second, third) = (outputs[0], outputs[1], outputs[2]);
    }

    private static void Require<T>(IReadOnlyList<T> outputs, int count)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        if (outputs.Count != count)
        {
            throw new ArgumentException($"There are {outputs.Count} outputs; they can't be split into {count} variables.", nameof(outputs));
        }
    }
}

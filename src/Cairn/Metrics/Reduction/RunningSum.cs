using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>
/// A sum over batches. On the CPU it is a plain number; values on another device are summed there, and only <see cref="Value"/>
/// synchronizes with it.
/// </summary>
internal struct RunningSum
{
    private double number;
    private Tensor? onDevice;

    /// <summary>The sum so far.</summary>
    public readonly double Value => onDevice is null ? number : HostNumbers.Read(onDevice);

    public void Add(double amount)
    {
        if (onDevice is null)
        {
            number += amount;
        }
        else
        {
            Keep(onDevice.add(Held(amount), Held(1)));
        }
    }

    /// <summary>Adds a scalar with a weight.</summary>
    public void Add(Tensor amount, double factor = 1)
    {
        if (HostNumbers.AreAtHand(amount))
        {
            Add(HostNumbers.Read(amount) * factor);
            return;
        }

        // In double precision, as on the CPU, except on Apple GPUs, which don't support it. No operation works in place: a sum started in
        // evaluation may continue in training, where libtorch doesn't allow changes to an inference tensor.
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        ScalarType type = amount.device_type == DeviceType.MPS ? ScalarType.Float32 : ScalarType.Float64;
        Tensor before = onDevice is not null && IsWith(onDevice, amount) ? onDevice : tensor(Value, type, amount.device);
        Keep(before.add(amount.to(type).mul(Held(factor)), Held(1)));
    }

    /// <summary>Sets the sum.</summary>
    public void Set(double value)
    {
        onDevice?.Dispose();
        (number, onDevice) = (value, null);
    }

    private static bool IsWith(Tensor one, Tensor other) => one.device_type == other.device_type && one.device_index == other.device_index;

    private void Keep(Tensor sum)
    {
        onDevice?.Dispose();
        onDevice = sum.DetachFromDisposeScope();
    }
}

using static TorchSharp.torch;

namespace Cairn.Layers;

// The types in which a layer computes.
public abstract partial class Layer
{
    private DTypePolicy? policy = DTypePolicy.Global;
    private bool isPolicyGiven;

    /// <summary>
    /// The types of the layer's computations and weights; that of <see cref="Cairn.DTypePolicy.Global"/> when the layer was created, which
    /// is float32 by default. Keras: <c>dtype</c> and <c>dtype_policy</c>.
    /// </summary>
    /// <remarks>
    /// <code>
    /// var model = new Sequential([new Input([784]), new Dense(256, "relu"), new Dense(10)]) { DTypePolicy = "mixed_bfloat16" };
    /// model.Layers[^1].DTypePolicy = "float32";
    /// </code>
    /// Setting it on a model or another layer that contains layers sets it on all of them; each can then be set individually. Set it
    /// before <c>Compile</c>, which decides by the model's policy whether the loss is scaled.
    /// </remarks>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public DTypePolicy DTypePolicy
    {
        get => policy ?? DTypePolicy.Global;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            (policy, isPolicyGiven) = (value, true);
            foreach (Layer part in Parts)
            {
                part.DTypePolicy = value;
            }
        }
    }

    /// <summary>
    /// Whether the function needs 32 bits: it then gets rounded inputs and weights as float32, and its output is rounded.
    /// </summary>
    private protected virtual bool IsWide => false;

    /// <summary>Whether floating-point inputs are cast. Indices are not: 16 bits can't hold them.</summary>
    private protected virtual bool CastsInputs => !TakesIdentifiers;

    /// <summary>Takes the policy from a file, or of the layer around; parts that have one of their own keep it.</summary>
    internal void TakeDTypePolicy(DTypePolicy given)
    {
        if (isPolicyGiven)
        {
            return;
        }

        (policy, isPolicyGiven) = (given, true);
        foreach (Layer part in Parts)
        {
            part.TakeDTypePolicy(given);
        }
    }

    private Tensor CallByPolicy(Tensor x, CallContext context) => DTypePolicy.IsMixedUsed ? CallInType(x, context) : Call(x, context);

    private Tensor[] CallByPolicy(Tensor[] inputs, CallArguments arguments, CallContext context) =>
        DTypePolicy.IsMixedUsed ? CallInType(inputs, arguments, context) : Call(inputs, arguments, context);

    private Tensor CallInType(Tensor x, CallContext context)
    {
        using var scope = Autocast.Begin(DTypePolicy, IsWide);
        return Finished(Call(Cast(x, context), context), context);
    }

    private Tensor[] CallInType(Tensor[] inputs, CallArguments arguments, CallContext context)
    {
        using var scope = Autocast.Begin(DTypePolicy, IsWide);
        Tensor[] given = Array.ConvertAll(inputs, x => Cast(x, context));
        return Array.ConvertAll(Call(given, arguments, context), y => Finished(y, context));
    }

    private Tensor Cast(Tensor x, CallContext context)
    {
        if (!CastsInputs || !IsFloatingPoint(x))
        {
            return x;
        }

        Tensor rounded = As(x, DTypePolicy.ComputeType, context);
        return IsWide ? As(rounded, ScalarType.Float32, context) : rounded;
    }

    /// <summary>The output of a layer in its type; that of the outermost layer or model is float32.</summary>
    private Tensor Finished(Tensor y, CallContext context)
    {
        if (!IsFloatingPoint(y))
        {
            return y;
        }

        Tensor rounded = IsWide ? As(y, DTypePolicy.ComputeType, context) : y;
        return context.Depth == 1 ? As(rounded, ScalarType.Float32, context) : rounded;
    }

    private static Tensor As(Tensor x, ScalarType type, CallContext context)
    {
        if (x.dtype == type)
        {
            return x;
        }

        Tensor cast = x.to(type);
        if (context.HasMasks && context.MaskOf(x) is { } mask)
        {
            context.SetMask(cast, mask);
        }

        return cast;
    }

    // Float64 is left alone: it can only be what a layer of the user wants.
    private static bool IsFloatingPoint(Tensor x) =>
        x.dtype is ScalarType.Float32 or ScalarType.BFloat16 or ScalarType.Float16;
}

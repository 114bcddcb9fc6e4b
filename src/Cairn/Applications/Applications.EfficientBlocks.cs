using Cairn.Initializers;
using Cairn.Layers;

namespace Cairn;

public static partial class Applications
{
    private const string Swish = "silu";

    private static Initializer FanOutNormal => new VarianceScaling(2, "fan_out", "truncated_normal");

    // The block of both versions: a depthwise convolution between two 1 × 1 convolutions, with squeeze-and-excitation.
    private static KerasTensor MobileBlock(KerasTensor inputs, EfficientBlock block, double momentum, bool padsItself, string name)
    {
        int filters = block.From * block.Expansion;
        KerasTensor x = inputs;
        if (block.Expansion != 1)
        {
            x = Conv(x, filters, 1, padding: Same, bias: false, initializer: FanOutNormal, name: $"{name}expand_conv");
            x = Activate(Norm(x, $"{name}expand_bn", momentum: momentum, axis: 3), Swish, $"{name}expand_activation");
        }

        bool pads = padsItself && block.Strides == 2;
        x = pads ? Pad(x, CorrectPad(x, block.Kernel), $"{name}dwconv_pad") : x;
        string depthwise = padsItself ? $"{name}dwconv" : $"{name}dwconv2";
        x = Depthwise(x, block.Kernel, block.Strides, pads ? Valid : Same, initializer: FanOutNormal, name: depthwise);
        x = Activate(Norm(x, $"{name}bn", momentum: momentum, axis: 3), Swish, $"{name}activation");
        x = Excite(x, block, filters, name);
        x = Conv(x, block.To, 1, padding: Same, bias: false, initializer: FanOutNormal, name: $"{name}project_conv");
        return AddShortcut(inputs, Norm(x, $"{name}project_bn", momentum: momentum, axis: 3), block, name);
    }

    // A full convolution in place of the first two convolutions of a MobileBlock.
    private static KerasTensor FusedBlock(KerasTensor inputs, EfficientBlock block, double momentum, string name)
    {
        bool expands = block.Expansion != 1;
        KerasTensor x = inputs;
        if (expands)
        {
            x = Conv(
                x, block.From * block.Expansion, block.Kernel, block.Strides, Same, bias: false, initializer: FanOutNormal,
                name: $"{name}expand_conv");
            x = Activate(Norm(x, $"{name}expand_bn", momentum: momentum, axis: 3), Swish, $"{name}expand_activation");
        }

        x = Excite(x, block, block.From * block.Expansion, name);
        x = Conv(
            x, block.To, expands ? 1 : block.Kernel, expands ? 1 : block.Strides, Same, bias: false, initializer: FanOutNormal,
            name: $"{name}project_conv");
        x = Norm(x, $"{name}project_bn", momentum: momentum, axis: 3);
        return AddShortcut(inputs, expands ? x : Activate(x, Swish, $"{name}project_activation"), block, name);
    }

    private static KerasTensor Excite(KerasTensor x, EfficientBlock block, int filters, string name)
    {
        if (block.Squeeze == 0)
        {
            return x;
        }

        KerasTensor factors = new GlobalAveragePooling2D(name: $"{name}se_squeeze").Apply(x);
        factors = new Reshape([1, 1, filters], $"{name}se_reshape").Apply(factors);
        int squeezed = Math.Max(1, (int)(block.From * block.Squeeze));
        factors = Conv(factors, squeezed, 1, padding: Same, activation: Swish, initializer: FanOutNormal, name: $"{name}se_reduce");
        factors = Conv(factors, filters, 1, padding: Same, activation: "sigmoid", initializer: FanOutNormal, name: $"{name}se_expand");
        return new Multiply($"{name}se_excite").Apply(x, factors);
    }

    private static KerasTensor AddShortcut(KerasTensor inputs, KerasTensor x, EfficientBlock block, string name)
    {
        if (block.Strides != 1 || block.From != block.To)
        {
            return x;
        }

        x = block.Drop > 0 ? new Dropout(block.Drop, [Shape.None, 1, 1, 1], name: $"{name}drop").Apply(x) : x;
        return Sum(x, inputs, $"{name}add");
    }

    private static KerasTensor EfficientTop(ImageModel model, KerasTensor x, double dropout, Initializer? bias)
    {
        if (!model.IncludeTop)
        {
            return model.Pool(x, "avg_pool", "max_pool");
        }

        x = new GlobalAveragePooling2D(name: "avg_pool").Apply(x);
        x = dropout > 0 ? new Dropout(dropout, name: "top_dropout").Apply(x) : x;
        return model.Classify(x, new VarianceScaling(1 / 3.0, "fan_out", "uniform"), bias);
    }

    private readonly record struct EfficientBlock(int From, int To, int Expansion, int Kernel, int Strides, double Squeeze, double Drop);
}

using Cairn.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

public sealed class RecurrentGradientTests
{
    public static TheoryData<string, bool, bool, bool, bool> Variants
    {
        get
        {
            var data = new TheoryData<string, bool, bool, bool, bool>();
            foreach (string kind in new[] { "simple", "lstm", "gru", "gru reset before" })
            {
                for (int bits = 0; bits < 16; bits++)
                {
                    data.Add(kind, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Gradients_are_those_of_the_differences(string kind, bool masked, bool backwards, bool sequences, bool withStates)
    {
        using DisposeScope scope = NewDisposeScope();
        using RNN layer = Create(kind, backwards, sequences, returnState: withStates);
        Tensor[] states = withStates ? [.. layer.Cell.StateSizes.Select(size => Random(3, size))] : [];
        Tensor? mask = masked ? tensor(new[] { true, false, true, true, true, true, false, false, false, false, false, false })
            .reshape(3, 4) : null;

        GradientCheck.Run(
            layer,
            [Random(3, 4, 2), .. states, .. mask is not null && withStates ? (Tensor[])[mask] : []],
            RecurrentArguments.Of(states.Length, mask is not null && withStates),
            withStates ? null : mask);
    }

    [Theory]
    [InlineData("simple"), InlineData("lstm"), InlineData("gru"), InlineData("gru reset before")]
    public void Gradients_pass_through_the_masks_of_dropout(string kind)
    {
        using DisposeScope scope = NewDisposeScope();
        using RNN layer = kind switch
        {
            "simple" => new SimpleRNN(3, dropout: 0.4, recurrentDropout: 0.3, returnSequences: true),
            "lstm" => new LSTM(3, dropout: 0.4, recurrentDropout: 0.3, returnSequences: true),
            _ => new GRU(3, dropout: 0.4, recurrentDropout: 0.3, returnSequences: true, resetAfter: kind == "gru"),
        };

        GradientCheck.Run(layer, [Random(3, 4, 2)]);
    }

    [Theory]
    [InlineData("concat"), InlineData("sum"), InlineData("mul"), InlineData("ave"), InlineData(null)]
    public void Gradients_of_both_directions_are_those_of_the_differences(string? mergeMode)
    {
        using DisposeScope scope = NewDisposeScope();
        using var layer = new Bidirectional(new LSTM(2, returnSequences: true, useBias: false), mergeMode);

        GradientCheck.Run(layer, [Random(2, 3, 2)], mask: tensor(new[] { true, true, false, true, false, false }).reshape(2, 3));
    }

    [Fact]
    public void Gradients_pass_through_cells_on_top_of_each_other_and_through_steps_of_layers()
    {
        using DisposeScope scope = NewDisposeScope();
        using var stacked = new RNN([new LSTMCell(2), new GRUCell(3, useBias: false), new SimpleRNNCell(2, activation: "sigmoid")],
            returnSequences: true);
        using var distributed = new TimeDistributed(new Dense(3, activation: "tanh"));

        GradientCheck.Run(stacked, [Random(2, 3, 2)]);
        GradientCheck.Run(distributed, [Random(2, 3, 2)]);
    }

    [Theory]
    [InlineData("masking"), InlineData("pooling"), InlineData("normalization"), InlineData("softmax")]
    public void Gradients_of_layers_with_masks_are_those_of_the_differences(string kind)
    {
        using DisposeScope scope = NewDisposeScope();
        using Layer layer = kind switch
        {
            "masking" => new Masking(),
            "pooling" => new GlobalAveragePooling1D(),
            "normalization" => new BatchNormalization(),
            _ => new Softmax(),
        };
        Tensor mask = tensor(new[] { true, false, true, true, true, false }).reshape(2, 3);

        GradientCheck.Run(layer, [kind == "softmax" ? Random(2, 3) : Random(2, 3, 2)], mask: mask);
    }

    private static RNN Create(string kind, bool backwards, bool sequences, bool returnState) => kind switch
    {
        "simple" => new SimpleRNN(3, goBackwards: backwards, returnSequences: sequences, returnState: returnState),
        "lstm" => new LSTM(3, goBackwards: backwards, returnSequences: sequences, returnState: returnState),
        _ => new GRU(3, goBackwards: backwards, returnSequences: sequences, returnState: returnState, resetAfter: kind == "gru"),
    };

    private static Tensor Random(params long[] shape)
    {
        using var generator = new Generator(3);
        return rand(shape, generator: generator).mul_(2).sub_(1);
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Corners;

/// <summary>
/// Gradients at the kinks of losses, activations and layers, recorded with Keras on PyTorch (Reference/corners/generate.py). The
/// subgradients follow from how Keras composes them; TieTests derives some.
/// </summary>
public sealed class TieValueTests
{
    private static readonly JsonObject[] Cases =
        [.. ReferenceFile.Read("corners/ties.json").EnumerateArray().Select(element => JsonObject.Create(element)!)];

    [Fact]
    public void Losses_have_the_gradient_of_Keras() => Check("loss", recorded =>
    {
        Loss loss = LossRegistry.Deserialize(recorded["loss"]!.DeepClone(), "loss");
        float[] y = Numbers(recorded["y"]);
        Tensor target = y.Length == 4 ? tensor(Array.ConvertAll(y, v => (long)v)) : tensor(y).reshape(4, 4);
        return (tensor(Numbers(recorded["p"])).reshape(4, 4), p => loss.Compute(target, p));
    });

    [Fact]
    public void Activations_have_the_gradient_of_Keras() => Check("activation", recorded =>
    {
        ActivationFunction function = recorded["activation"]!.GetValue<string>();
        Tensor x = tensor(Numbers(recorded["x"]));
        return recorded["rows"] is null
            ? (x, x => function.Apply(x).sum())
            : (x.reshape(4, 4), x => (function.Apply(x) * tensor(new[] { 1f, 2, 4, 8 })).sum());
    });

    [Fact]
    public void Layers_have_the_gradient_of_Keras() => Check("layer", recorded =>
    {
        Layer layer = LayerRegistry.Deserialize(recorded["layer"]!.DeepClone(), "layer");
        var context = new CallContext(training: true, 0, CPU);
        Tensor x = tensor(Numbers(recorded["x"])).reshape([.. recorded["shape"]!.AsArray().Select(d => d!.GetValue<long>())]);
        return recorded["other"] is null
            ? (x, x => layer.Apply(x, context).sum())
            : (x, x => ((MultiInputLayer)layer).Apply([x, tensor(Numbers(recorded["other"])).reshape(3, 6)], context)[0].sum());
    });

    private static void Check(string kind, Func<JsonObject, (Tensor X, Func<Tensor, Tensor> Sum)> make)
    {
        List<string> different = [];
        foreach (JsonObject recorded in Cases.Where(recorded => recorded.ContainsKey(kind)))
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor x, Func<Tensor, Tensor> sum) = make(recorded);
            x.requires_grad_(true);
            sum(x).backward();
            float[] expected = Numbers(recorded["gradient"]), actual = x.grad!.flatten().data<float>().ToArray();
            for (int i = 0; i < expected.Length; i++)
            {
                // Relative, since probabilities of 1e-7 have gradients of 1e6.
                if (MathF.Abs(expected[i] - actual[i]) > 2e-5f * (1 + MathF.Abs(expected[i])))
                {
                    different.Add($"{recorded[kind]!.ToJsonString()} [{i}]: {expected[i]:R} in Keras, {actual[i]:R} here at "
                        + (recorded["x"] ?? recorded["p"])![i]);
                }
            }
        }

        Assert.True(different.Count == 0, string.Join("\n", different));
    }

    private static float[] Numbers(JsonNode? array) => [.. array!.AsArray().Select(v => (float)v!.GetValue<double>())];
}

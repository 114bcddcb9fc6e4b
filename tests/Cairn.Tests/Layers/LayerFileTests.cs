using System.Text.Json;
using Cairn.Layers;
using Cairn.Tests.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>Every recorded layer, alone in a model, saved and loaded in all of Keras' file formats: same configuration, weights and
/// predictions.</summary>
public sealed class LayerFileTests
{
    public static TheoryData<string> All => [.. ReferenceLayer.Names];

    [Theory]
    [MemberData(nameof(All))]
    public void A_model_with_the_layer_is_loaded_from_every_format(string name)
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        using var reference = new ReferenceLayer(name);
        using Functional model = ModelOf(reference, name);
        float[][] expected = Predict(model, reference);

        foreach (string file in (string[])["model.keras", "model.h5"])
        {
            model.Save(folder[file]);
            using var again = Model.Load(folder[file]);

            Assert.Equal(model.ToJson(), again.ToJson());
            Assert.Equal(model.Weights.Select(w => w.Path), again.Weights.Select(w => w.Path));
            Assert.Equal(expected, Predict(again, reference));
        }

        model.SaveWeights(folder["model.weights.h5"]);
        using var alike = Model.FromJson(model.ToJson());
        alike.LoadWeights(folder["model.weights.h5"]);
        Assert.Equal(expected, Predict(alike, reference));
    }

    private static Functional ModelOf(ReferenceLayer reference, string name)
    {
        KerasTensor[] inputs = [.. reference.Inputs.Select((x, i) => (KerasTensor)new Input(((Shape)x.shape)[1..], name: $"input_{i}"))];
        var call = new LayerCall(
            reference.Layer, inputs, reference.Arguments,
            reference.Layer.ComputeOutputShapes([.. inputs.Select(i => i.Shape)], reference.Arguments), ScalarType.Float32);
        var model = new Functional(inputs, [.. call.Outputs], name: name, seed: 1);
        model.EnsureBuilt();
        return model;
    }

    private static float[][] Predict(Model model, ReferenceLayer reference)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        using var context = new CallContext(training: false, 0, CPU);
        context.BeginStep(0);
        return [.. model.Apply(reference.Inputs, context).Select(y => y.to(ScalarType.Float32).contiguous().data<float>().ToArray())];
    }
}

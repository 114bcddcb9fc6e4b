using System.ComponentModel;
using System.Reflection;

namespace Cairn.Tests.Surface;

public class PublicBaseTests
{
    [Fact]
    public void A_base_class_that_users_cannot_derive_from_is_hidden_from_completion_lists()
    {
        // Arguments are declared with the root types; bases between a root and the concrete classes exist only for C#.
        foreach (Type type in typeof(Model).Assembly.GetExportedTypes()
            .Where(type => type.IsAbstract && type.IsClass && !type.IsSealed && type.BaseType != typeof(object)))
        {
            bool closed = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .All(c => c.IsAssembly || c.IsPrivate || c.IsFamilyAndAssembly);
            bool hidden = type.GetCustomAttribute<EditorBrowsableAttribute>(inherit: false)?.State == EditorBrowsableState.Never;
            Assert.True(hidden == closed,
                $"{type.Name}: {(closed ? "closed to users but offered to them" : "open to users but hidden from them")}");
        }
    }

    [Fact]
    public void A_program_with_a_custom_callback_needs_one_namespace_for_it()
    {
        foreach (Type type in new[] { typeof(Cairn.Callbacks.Callback), typeof(Cairn.Callbacks.Logs), typeof(Cairn.Callbacks.SavedState),
            typeof(Cairn.Callbacks.Gradient), typeof(Cairn.Callbacks.History) })
        {
            Assert.Equal("Cairn.Callbacks", type.Namespace);
        }

        // The types of hook arguments are also in this namespace, or in Cairn.
        IEnumerable<Type> handed = typeof(Cairn.Callbacks.Callback).GetMethods()
            .Where(method => method.IsVirtual && method.DeclaringType == typeof(Cairn.Callbacks.Callback))
            .SelectMany(method => method.GetParameters()).Select(parameter => parameter.ParameterType)
            .SelectMany(type => type.IsGenericType ? type.GetGenericArguments() : [type])
            .Where(type => type.Assembly == typeof(Model).Assembly);
        Assert.All(handed, type => Assert.Contains(type.Namespace, new[] { "Cairn", "Cairn.Callbacks" }));
        Assert.DoesNotContain(typeof(Model).Assembly.GetExportedTypes(), type => type.Namespace == "Cairn.Training");
    }

    [Fact]
    public void A_custom_model_creates_its_weights_in_Build()
    {
        using var model = new Scaled();
        model.Build([Shape.None, 3]);
        Assert.Equal(["scale", "kernel", "bias"], model.Weights.Select(weight => weight.Name));
        Assert.Equal([6f, 12f], model.Predict(new float[,] { { 1, 1, 1 }, { 2, 2, 2 } }, verbose: 0).ToArray());
        model.Compile("sgd", "mse");
        model.Fit(new float[,] { { 1, 1, 1 } }, new float[] { 0 }, verbose: 0);
        Assert.NotEqual(2, model.Weights[0].ToNDArray()[0]);
    }

    private sealed class Scaled : Model
    {
        private readonly Cairn.Layers.Dense sum;
        private Variable? scale;

        public Scaled() => sum = AddSublayer(new Cairn.Layers.Dense(1, kernelInitializer: "ones"), "sum");

        protected override void Build(Shape inputShape) => scale = AddWeight("scale", [1], Cairn.Initializers.Initializer.Constant(2));

        protected override TorchSharp.torch.Tensor Call(TorchSharp.torch.Tensor x, Cairn.Layers.CallContext context) =>
            sum.Apply(x, context) * scale!.Value;
    }
}

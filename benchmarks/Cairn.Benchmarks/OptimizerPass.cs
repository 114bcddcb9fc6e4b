using Cairn.Initializers;
using Cairn.Optimizers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cairn.Benchmarks;

/// <summary>One Adam step on the parameters of the 784-128-10 MLP with given gradients: Cairn's and TorchSharp's.</summary>
internal sealed class OptimizerPass : IDisposable
{
    private static readonly long[][] Shapes = [[784, 128], [128], [128, 10], [10]];

    private readonly Variable[] variables = [.. Shapes.Select((shape, i) => new Variable($"v{i}", randn(shape), trainable: true))];
    private readonly Parameter[] parameters = [.. Shapes.Select(shape => new Parameter(randn(shape)))];
    private readonly Tensor[] gradients = [.. Shapes.Select(shape => randn(shape))];
    private readonly Optimizers.Adam ours = new();
    private readonly optim.Optimizer theirs;

    public OptimizerPass()
    {
        foreach (Variable variable in variables)
        {
            variable.Value.requires_grad_(true);
        }

        ours.Build(variables);
        theirs = optim.Adam(parameters, lr: 0.001, eps: 1e-7);
        for (int i = 0; i < parameters.Length; i++)
        {
            parameters[i].grad = gradients[i];
        }
    }

    /// <summary>Cairn's step removes the gradients from the variables, so they are set again for each step.</summary>
    public void Ours()
    {
        for (int i = 0; i < variables.Length; i++)
        {
            variables[i].Value.grad = gradients[i];
        }

        ours.Apply();
    }

    public void Theirs()
    {
        using DisposeScope scope = NewDisposeScope();
        theirs.step();
    }

    public void Dispose()
    {
        ours.Dispose();
        theirs.Dispose();
        foreach (Tensor gradient in gradients)
        {
            gradient.Dispose();
        }

        foreach (Variable variable in variables)
        {
            variable.Dispose();
        }

        foreach (Parameter parameter in parameters)
        {
            parameter.Dispose();
        }
    }
}

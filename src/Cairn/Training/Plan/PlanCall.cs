using Cairn.Layers;

namespace Cairn.Training.Plan;

/// <summary>A call of a layer with one output in the graph of a model.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Arguments">The parameters that the inputs belong to.</param>
/// <param name="Inputs">The numbers of the tensors that it takes.</param>
/// <param name="Output">The number of the tensor that it returns.</param>
internal sealed record PlanCall(Layer Layer, CallArguments Arguments, int[] Inputs, int Output);

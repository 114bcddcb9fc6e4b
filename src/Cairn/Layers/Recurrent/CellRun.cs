using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>A cell on its way along one batch of sequences.</summary>
/// <param name="Project">
/// What of a step depends on its input alone. It takes one step <c>[batch, features]</c> or all of them <c>[steps, batch, features]</c>: one
/// large matrix product instead of many small ones.
/// </param>
/// <param name="Step">The rest: from the projected input and the states before to the output and the states behind.</param>
internal sealed record CellRun(Func<Tensor, Tensor> Project, Func<Tensor, Tensor[], (Tensor Output, Tensor[] States)> Step);

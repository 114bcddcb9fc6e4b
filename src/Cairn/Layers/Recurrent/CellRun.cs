using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>The run of a cell over one batch of sequences.</summary>
/// <param name="Project">
/// The part of a step that depends only on its input. It takes one step <c>[batch, features]</c> or all of them
/// <c>[steps, batch, features]</c>, which is one large matrix product instead of many small ones.
/// </param>
/// <param name="Step">The rest: computes the output and the next states from the projected input and the previous states.</param>
internal sealed record CellRun(Func<Tensor, Tensor> Project, Func<Tensor, Tensor[], (Tensor Output, Tensor[] States)> Step);

using Cairn.Data;
using Cairn.Native;

namespace Cairn;

// The number of threads that compute a step. It follows from the work of a step alone: results may depend on the number of threads, so it
// must not depend on the load of the machine.
public abstract partial class Model
{
    /// <summary>The number of products of a forward pass up to which a second thread saves less than waiting for it costs.</summary>
    internal const long SmallStep = 4_000_000;

    private (int Layers, int Weights, long? Products) countedProducts;

    /// <summary>Uses one thread for steps that are small, unless the user has chosen a number.</summary>
    /// <param name="data">The data of the run, which the model is built for.</param>
    /// <returns>The scope of the run, or null.</returns>
    private OneThread? UseThreadsFor(BatchSource data)
    {
        long? samples = data.BatchSize is { } size ? Math.Min(size, data.SampleCount ?? size) : null;
        return samples * ProductsPerSample <= SmallStep ? OneThread.Begin() : null;
    }

    /// <summary>
    /// Products of a sample in the forward pass, if all layers work on vectors: one for each number of a matrix. With further axes (images,
    /// sequences) a layer uses a weight many times, and null is returned.
    /// </summary>
    private long? ProductsPerSample
    {
        get
        {
            if (countedProducts.Layers != Layers.Count || countedProducts.Weights != Weights.Count)
            {
                bool isOfVectors = Layers.Count > 0 && Layers.All(layer => layer.OutputShapes.All(shape => shape.Rank <= 2))
                    && Weights.All(weight => weight.Shape.Rank <= 2);
                long products = Weights.Where(weight => weight.Shape.Rank == 2).Sum(weight => weight.Shape.ElementCount);
                countedProducts = (Layers.Count, Weights.Count, isOfVectors ? products : null);
            }

            return countedProducts.Products;
        }
    }
}

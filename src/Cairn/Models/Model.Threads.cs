using Cairn.Data;
using Cairn.Layers;
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
        if (data.BatchSize is not { } size || ProductsPerSample is not { } products)
        {
            return null;
        }

        return Math.Min(size, data.SampleCount ?? size) * products <= SmallStep ? OneThread.Begin() : null;
    }

    /// <summary>
    /// Products of a sample in the forward pass, if all layers work on vectors: one for each number of a matrix. With further axes (images,
    /// sequences) a layer uses a weight many times, and null is returned.
    /// </summary>
    private long? ProductsPerSample
    {
        get
        {
            // Each access to Weights collects them from all layers.
            IReadOnlyList<Variable> weights = Weights;
            if (countedProducts.Layers != Layers.Count || countedProducts.Weights != weights.Count)
            {
                bool isOfVectors = Layers.Count > 0 && Layers.All(IsOfVectors);
                countedProducts = (Layers.Count, weights.Count, isOfVectors ? ProductsOf(weights) : null);
            }

            return countedProducts.Products;
        }
    }

    // A layer without weights, such as Flatten, may take images; a recurrent layer uses its weights at each step of a sequence.
    private static bool IsOfVectors(Layer layer) => layer.OutputShapes.All(shape => shape.Rank <= 2)
        && (layer.Weights.Count == 0 || layer.InputShapes.All(shape => shape.Rank <= 2));

    // One for each number of a matrix; null if a weight has more axes.
    private static long? ProductsOf(IReadOnlyList<Variable> weights)
    {
        long products = 0;
        foreach (Shape shape in weights.Select(weight => weight.Shape))
        {
            if (shape.Rank > 2)
            {
                return null;
            }

            products += shape.Rank == 2 ? shape.ElementCount : 0;
        }

        return products;
    }
}

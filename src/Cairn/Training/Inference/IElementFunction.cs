using System.Numerics;

namespace Cairn.Training.Inference;

/// <summary>A function that is computed for each element alone.</summary>
internal interface IElementFunction
{
    Vector<float> Of(Vector<float> x);
}

using System.Numerics;
using System.Runtime.CompilerServices;
using static Cairn.Layers.GateFunctions;

namespace Cairn.Layers;

/// <summary>The computation of a GRU for one sample at one step apart from matrix products, forward and backward.</summary>
internal static unsafe class GRUStep
{
    /// <summary>
    /// Computes the output from the projected input (overwritten by the gates z and r and the candidate) and the projected state.
    /// </summary>
    public static void Forward(float* gates, float* inner, float* before, float* output, int units)
    {
        int lanes = Vector<float>.Count;
        int k = 0;
        for (; k <= units - lanes; k += lanes)
        {
            Compute(gates + k, gates + units + k, gates + (2 * units) + k, inner + k, inner + units + k, inner + (2 * units) + k,
                before + k, output + k);
        }

        int left = units - k;
        if (left == 0)
        {
            return;
        }

        float* room = stackalloc float[8 * lanes];
        new Span<float>(room, 8 * lanes).Clear();
        for (int gate = 0; gate < 3; gate++)
        {
            Copy(gates + (gate * units) + k, room + (gate * lanes), left);
            Copy(inner + (gate * units) + k, room + ((3 + gate) * lanes), left);
        }

        Copy(before + k, room + (6 * lanes), left);
        Compute(room, room + lanes, room + (2 * lanes), room + (3 * lanes), room + (4 * lanes), room + (5 * lanes), room + (6 * lanes),
            room + (7 * lanes));
        for (int gate = 0; gate < 3; gate++)
        {
            Copy(room + (gate * lanes), gates + (gate * units) + k, left);
        }

        Copy(room + (7 * lanes), output + k, left);
    }

    /// <summary>
    /// Computes the gradients of the projected input and the projected state from the gradient of the output, which is overwritten by the
    /// direct part of the gradient of the previous state.
    /// </summary>
    public static void Backward(float* gates, float* candidateOfState, float* before, float* outputSlope, float* ofInput,
        float* ofInner, int units)
    {
        int lanes = Vector<float>.Count;
        Vector<float> one = Vector<float>.One;
        int k = 0;
        for (; k <= units - lanes; k += lanes)
        {
            Vector<float> update = Vector.Load(gates + k), reset = Vector.Load(gates + units + k);
            Vector<float> candidate = Vector.Load(gates + (2 * units) + k), slope = Vector.Load(outputSlope + k);
            Vector<float> ofCandidate = slope * (one - update) * (one - (candidate * candidate));
            Vector<float> ofUpdate = slope * (Vector.Load(before + k) - candidate) * update * (one - update);
            Vector<float> ofReset = ofCandidate * Vector.Load(candidateOfState + k) * reset * (one - reset);
            ofUpdate.Store(ofInput + k);
            ofUpdate.Store(ofInner + k);
            ofReset.Store(ofInput + units + k);
            ofReset.Store(ofInner + units + k);
            ofCandidate.Store(ofInput + (2 * units) + k);
            (ofCandidate * reset).Store(ofInner + (2 * units) + k);
            (slope * update).Store(outputSlope + k);
        }

        // The same result as in vectors.
        for (; k < units; k++)
        {
            float update = gates[k], reset = gates[units + k], candidate = gates[(2 * units) + k], slope = outputSlope[k];
            float ofCandidate = slope * (1 - update) * (1 - (candidate * candidate));
            float ofUpdate = slope * (before[k] - candidate) * update * (1 - update);
            float ofReset = ofCandidate * candidateOfState[k] * reset * (1 - reset);
            ofInput[k] = ofInner[k] = ofUpdate;
            ofInput[units + k] = ofInner[units + k] = ofReset;
            ofInput[(2 * units) + k] = ofCandidate;
            ofInner[(2 * units) + k] = ofCandidate * reset;
            outputSlope[k] = slope * update;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Compute(
        float* updateGate, float* resetGate, float* candidateGate, float* innerUpdate, float* innerReset, float* innerCandidate,
        float* before, float* output)
    {
        Vector<float> update = Sigmoid(Unsafe.ReadUnaligned<Vector<float>>(updateGate) + Unsafe.ReadUnaligned<Vector<float>>(innerUpdate));
        Vector<float> reset = Sigmoid(Unsafe.ReadUnaligned<Vector<float>>(resetGate) + Unsafe.ReadUnaligned<Vector<float>>(innerReset));
        Vector<float> candidate =
            Tanh(Unsafe.ReadUnaligned<Vector<float>>(candidateGate) + (reset * Unsafe.ReadUnaligned<Vector<float>>(innerCandidate)));
        Unsafe.WriteUnaligned(updateGate, update);
        Unsafe.WriteUnaligned(resetGate, reset);
        Unsafe.WriteUnaligned(candidateGate, candidate);
        Unsafe.WriteUnaligned(output, (update * Unsafe.ReadUnaligned<Vector<float>>(before)) + ((Vector<float>.One - update) * candidate));
    }

    private static void Copy(float* from, float* to, int count) => new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));
}

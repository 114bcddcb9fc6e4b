using System.Numerics;
using System.Runtime.CompilerServices;
using static Cairn.Layers.GateFunctions;

namespace Cairn.Layers;

/// <summary>The computation of an LSTM for one sample at one step apart from matrix products, forward and backward.</summary>
internal static unsafe class LSTMStep
{
    /// <summary>Computes the gates from their pre-activations (in place), then the carry, its activation and the output.</summary>
    public static void Forward(float* gates, float* carryBefore, float* carry, float* bent, float* output, int units)
    {
        int lanes = Vector<float>.Count;
        int k = 0;
        for (; k <= units - lanes; k += lanes)
        {
            Compute(gates + k, gates + units + k, gates + (2 * units) + k, gates + (3 * units) + k, carryBefore + k, carry + k, bent + k,
                output + k);
        }

        int left = units - k;
        if (left == 0)
        {
            return;
        }

        float* room = stackalloc float[8 * lanes];
        new Span<float>(room, 8 * lanes).Clear();
        for (int gate = 0; gate < 4; gate++)
        {
            Copy(gates + (gate * units) + k, room + (gate * lanes), left);
        }

        Copy(carryBefore + k, room + (4 * lanes), left);
        Compute(room, room + lanes, room + (2 * lanes), room + (3 * lanes), room + (4 * lanes), room + (5 * lanes), room + (6 * lanes),
            room + (7 * lanes));
        for (int gate = 0; gate < 4; gate++)
        {
            Copy(room + (gate * lanes), gates + (gate * units) + k, left);
        }

        Copy(room + (5 * lanes), carry + k, left);
        Copy(room + (6 * lanes), bent + k, left);
        Copy(room + (7 * lanes), output + k, left);
    }

    /// <summary>
    /// Computes the gradients of the pre-activations and of the previous carry (in place) from those of output and carry.
    /// </summary>
    public static void Backward(float* gates, float* carryBefore, float* bent, float* outputSlope, float* carrySlope,
        float* slopes, int units)
    {
        int lanes = Vector<float>.Count;
        int k = 0;
        for (; k <= units - lanes; k += lanes)
        {
            Vector<float> input = Unsafe.ReadUnaligned<Vector<float>>(gates + k);
            Vector<float> forget = Unsafe.ReadUnaligned<Vector<float>>(gates + units + k);
            Vector<float> candidate = Unsafe.ReadUnaligned<Vector<float>>(gates + (2 * units) + k);
            Vector<float> release = Unsafe.ReadUnaligned<Vector<float>>(gates + (3 * units) + k);
            Vector<float> bentCarry = Unsafe.ReadUnaligned<Vector<float>>(bent + k);
            Vector<float> ofOutput = Unsafe.ReadUnaligned<Vector<float>>(outputSlope + k);
            Vector<float> ofCarry = Unsafe.ReadUnaligned<Vector<float>>(carrySlope + k)
                + (ofOutput * release * (Vector<float>.One - (bentCarry * bentCarry)));
            Unsafe.WriteUnaligned(slopes + k, ofCarry * candidate * input * (Vector<float>.One - input));
            Unsafe.WriteUnaligned(slopes + units + k,
                ofCarry * Unsafe.ReadUnaligned<Vector<float>>(carryBefore + k) * forget * (Vector<float>.One - forget));
            Unsafe.WriteUnaligned(slopes + (2 * units) + k, ofCarry * input * (Vector<float>.One - (candidate * candidate)));
            Unsafe.WriteUnaligned(slopes + (3 * units) + k, ofOutput * bentCarry * release * (Vector<float>.One - release));
            Unsafe.WriteUnaligned(carrySlope + k, ofCarry * forget);
        }

        // All functions give the same result for scalars and vectors.
        for (; k < units; k++)
        {
            float input = gates[k], forget = gates[units + k], candidate = gates[(2 * units) + k], release = gates[(3 * units) + k];
            float ofCarry = carrySlope[k] + (outputSlope[k] * release * (1 - (bent[k] * bent[k])));
            slopes[k] = ofCarry * candidate * input * (1 - input);
            slopes[units + k] = ofCarry * carryBefore[k] * forget * (1 - forget);
            slopes[(2 * units) + k] = ofCarry * input * (1 - (candidate * candidate));
            slopes[(3 * units) + k] = outputSlope[k] * bent[k] * release * (1 - release);
            carrySlope[k] = ofCarry * forget;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Compute(
        float* inputGate, float* forgetGate, float* candidateGate, float* outputGate, float* carryBefore, float* carry, float* bent,
        float* output)
    {
        Vector<float> input = Sigmoid(Unsafe.ReadUnaligned<Vector<float>>(inputGate));
        Vector<float> forget = Sigmoid(Unsafe.ReadUnaligned<Vector<float>>(forgetGate));
        Vector<float> candidate = Tanh(Unsafe.ReadUnaligned<Vector<float>>(candidateGate));
        Vector<float> release = Sigmoid(Unsafe.ReadUnaligned<Vector<float>>(outputGate));
        Vector<float> now = (forget * Unsafe.ReadUnaligned<Vector<float>>(carryBefore)) + (input * candidate);
        Vector<float> bentCarry = Tanh(now);
        Unsafe.WriteUnaligned(inputGate, input);
        Unsafe.WriteUnaligned(forgetGate, forget);
        Unsafe.WriteUnaligned(candidateGate, candidate);
        Unsafe.WriteUnaligned(outputGate, release);
        Unsafe.WriteUnaligned(carry, now);
        Unsafe.WriteUnaligned(bent, bentCarry);
        Unsafe.WriteUnaligned(output, release * bentCarry);
    }

    private static void Copy(float* from, float* to, int count) => new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));
}

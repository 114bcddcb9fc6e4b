using System.Runtime.CompilerServices;
using Cairn.Native;

namespace Cairn.Layers;

/// <summary>The computation of an LSTM for one sample at one step apart from matrix products, forward and backward.</summary>
/// <typeparam name="TLanes">The operations on vectors.</typeparam>
/// <typeparam name="TVector">The type of a vector.</typeparam>
internal static unsafe class LSTMStep<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Computes the gates from their pre-activations (in place), then the carry, its activation and the output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* gates, float* carryBefore, float* carry, float* bent, float* output, int units)
    {
        int lanes = TLanes.Count;
        int k = 0;
        for (; k <= units - lanes; k += lanes)
        {
            Compute(gates + k, gates + units + k, gates + (2 * units) + k, gates + (3 * units) + k, carryBefore + k, carry + k, bent + k,
                output + k);
        }

        if (k < units)
        {
            ForwardRest(gates + k, carryBefore + k, carry + k, bent + k, output + k, units, units - k);
        }
    }

    /// <summary>
    /// Computes the gradients of the pre-activations and of the previous carry (in place) from those of output and carry.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(float* gates, float* carryBefore, float* bent, float* outputSlope, float* carrySlope,
        float* slopes, int units)
    {
        int lanes = TLanes.Count;
        TVector one = TLanes.Create(1);
        int k = 0;
        for (; k <= units - lanes; k += lanes)
        {
            TVector input = TLanes.Load(gates + k), forget = TLanes.Load(gates + units + k);
            TVector candidate = TLanes.Load(gates + (2 * units) + k), release = TLanes.Load(gates + (3 * units) + k);
            TVector bentCarry = TLanes.Load(bent + k), ofOutput = TLanes.Load(outputSlope + k);
            TVector ofCarry = TLanes.Add(
                TLanes.Load(carrySlope + k),
                TLanes.Multiply(TLanes.Multiply(ofOutput, release), TLanes.Subtract(one, TLanes.Multiply(bentCarry, bentCarry))));
            TLanes.Store(OfSigmoid(TLanes.Multiply(ofCarry, candidate), input), slopes + k);
            TLanes.Store(OfSigmoid(TLanes.Multiply(ofCarry, TLanes.Load(carryBefore + k)), forget), slopes + units + k);
            TLanes.Store(
                TLanes.Multiply(TLanes.Multiply(ofCarry, input), TLanes.Subtract(one, TLanes.Multiply(candidate, candidate))),
                slopes + (2 * units) + k);
            TLanes.Store(OfSigmoid(TLanes.Multiply(ofOutput, bentCarry), release), slopes + (3 * units) + k);
            TLanes.Store(TLanes.Multiply(ofCarry, forget), carrySlope + k);
        }

        // The same result as in vectors.
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

    // The gradient of a gate's pre-activation.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector OfSigmoid(TVector slope, TVector gate) =>
        TLanes.Multiply(TLanes.Multiply(slope, gate), TLanes.Subtract(TLanes.Create(1), gate));

    // The last units, fewer than a vector has, aside.
    private static void ForwardRest(float* gates, float* carryBefore, float* carry, float* bent, float* output, int units, int left)
    {
        int lanes = TLanes.Count;
        float* room = stackalloc float[8 * lanes];
        new Span<float>(room, 8 * lanes).Clear();
        for (int gate = 0; gate < 4; gate++)
        {
            Copy(gates + (gate * units), room + (gate * lanes), left);
        }

        Copy(carryBefore, room + (4 * lanes), left);
        Compute(room, room + lanes, room + (2 * lanes), room + (3 * lanes), room + (4 * lanes), room + (5 * lanes), room + (6 * lanes),
            room + (7 * lanes));
        for (int gate = 0; gate < 4; gate++)
        {
            Copy(room + (gate * lanes), gates + (gate * units), left);
        }

        Copy(room + (5 * lanes), carry, left);
        Copy(room + (6 * lanes), bent, left);
        Copy(room + (7 * lanes), output, left);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Compute(
        float* inputGate, float* forgetGate, float* candidateGate, float* outputGate, float* carryBefore, float* carry, float* bent,
        float* output)
    {
        TVector input = GateVectors<TLanes, TVector>.Sigmoid(TLanes.Load(inputGate));
        TVector forget = GateVectors<TLanes, TVector>.Sigmoid(TLanes.Load(forgetGate));
        TVector candidate = GateVectors<TLanes, TVector>.Tanh(TLanes.Load(candidateGate));
        TVector release = GateVectors<TLanes, TVector>.Sigmoid(TLanes.Load(outputGate));
        TVector now = TLanes.Add(TLanes.Multiply(forget, TLanes.Load(carryBefore)), TLanes.Multiply(input, candidate));
        TVector bentCarry = GateVectors<TLanes, TVector>.Tanh(now);
        TLanes.Store(input, inputGate);
        TLanes.Store(forget, forgetGate);
        TLanes.Store(candidate, candidateGate);
        TLanes.Store(release, outputGate);
        TLanes.Store(now, carry);
        TLanes.Store(bentCarry, bent);
        TLanes.Store(TLanes.Multiply(release, bentCarry), output);
    }

    private static void Copy(float* from, float* to, int count) => new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));
}

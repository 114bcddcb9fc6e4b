using System.Numerics;
using System.Runtime.Intrinsics;
using Cairn.Native;

namespace Cairn.Tests.Native;

public sealed unsafe class ExponentialTests
{
    [Fact]
    public void Errors_are_below_a_unit_in_the_last_place()
    {
        for (int i = 0; i <= 4_000_000; i++)
        {
            float x = -104 + (i * (193f / 4_000_000));
            Check(x);
        }

        for (float x = 1e-40f; x < 1; x *= 1.001f)
        {
            Check(x);
            Check(-x);
        }

        static void Check(float x)
        {
            double exact = Math.Exp(x);
            float found = Of(x);
            if (exact > float.MaxValue)
            {
                Assert.True(float.IsPositiveInfinity(found), $"e^{x:R} is {found:R}");
                return;
            }

            // Subnormal numbers are rounded again.
            double allowed = (exact * Math.Pow(2, -23)) + (exact < Math.Pow(2, -126) ? 0.5 * float.Epsilon : 0);
            Assert.True(Math.Abs(found - exact) <= allowed, $"e^{x:R} is {exact:R}, found {found:R}");
        }
    }

    [Fact]
    public void Special_arguments_have_the_results_of_the_standard()
    {
        Assert.Equal(1, Of(0));
        Assert.Equal(1, Of(-0f));
        Assert.Equal(float.PositiveInfinity, Of(float.PositiveInfinity));
        Assert.Equal(float.PositiveInfinity, Of(88.73f));
        Assert.Equal(float.PositiveInfinity, Of(float.MaxValue));
        Assert.Equal(0, Of(float.NegativeInfinity));
        Assert.Equal(0, Of(-104));
        Assert.Equal(0, Of(float.MinValue));
        Assert.True(float.IsNaN(Of(float.NaN)));
        Assert.Equal(float.Epsilon, Of(-103.3f));
    }

    [Fact]
    public void Vectors_of_512_bits_have_the_same_bits()
    {
        Assert.SkipUnless(Vector512.IsHardwareAccelerated, "The processor has no vectors of 512 bits.");
        float* wide = stackalloc float[16];
        for (uint bits = 0; bits < uint.MaxValue - 70_001; bits += 70_001)
        {
            float x = BitConverter.UInt32BitsToSingle(bits);
            Exponential<WideLanes, Vector512<float>>.Of(Vector512.Create(x)).Store(wide);
            Assert.Equal(BitConverter.SingleToUInt32Bits(Of(x)), BitConverter.SingleToUInt32Bits(wide[0]));
            Assert.Equal(BitConverter.SingleToUInt32Bits(wide[0]), BitConverter.SingleToUInt32Bits(wide[15]));
        }
    }

    private static float Of(float x) => Exponential<SystemLanes, Vector<float>>.Of(new Vector<float>(x))[0];
}

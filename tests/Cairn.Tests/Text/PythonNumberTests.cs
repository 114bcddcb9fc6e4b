using System.Globalization;
using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

/// <summary>Numbers as Python 3 prints them; the texts are Python's own.</summary>
public sealed class PythonNumberTests
{
    [Theory]
    [InlineData("0.09999999999999999")]
    [InlineData("0.1")]
    [InlineData("0.10000000000000002")]
    [InlineData("0.009999999999999998")]
    [InlineData("0.01")]
    [InlineData("0.010000000000000002")]
    [InlineData("0.0009999999999999998")]
    [InlineData("0.001")]
    [InlineData("0.0010000000000000002")]
    [InlineData("9.999999999999999e-05")]
    [InlineData("0.0001")]
    [InlineData("0.00010000000000000002")]
    [InlineData("9.999999999999999e-06")]
    [InlineData("1e-05")]
    [InlineData("1.0000000000000003e-05")]
    [InlineData("0.9999999999999999")]
    [InlineData("1.0")]
    [InlineData("1.0000000000000002")]
    [InlineData("9.999999999999998")]
    [InlineData("10.0")]
    [InlineData("10.000000000000002")]
    [InlineData("999999999999999.9")]
    [InlineData("1000000000000000.0")]
    [InlineData("1000000000000000.1")]
    [InlineData("9999999999999998.0")]
    [InlineData("1e+16")]
    [InlineData("1.0000000000000002e+16")]
    [InlineData("9.999999999999998e-08")]
    [InlineData("1e-07")]
    [InlineData("1.0000000000000001e-07")]
    [InlineData("9.999999999999997e+22")]
    [InlineData("1e+23")]
    [InlineData("1.0000000000000001e+23")]
    [InlineData("9.999999999999998e+99")]
    [InlineData("1e+100")]
    [InlineData("1.0000000000000002e+100")]
    [InlineData("9.999999999999999e-301")]
    [InlineData("1e-300")]
    [InlineData("1.0000000000000002e-300")]
    [InlineData("2.980232238769531e-08")]
    [InlineData("2.9802322387695312e-08")]
    [InlineData("2.980232238769532e-08")]
    [InlineData("5e-324")]
    [InlineData("1.7976931348623157e+308")]
    [InlineData("2.2250738585072014e-308")]
    [InlineData("0.0")]
    [InlineData("-0.0")]
    [InlineData("0.30000000000000004")]
    [InlineData("0.05000000074505806")]
    [InlineData("1.2345678901234568e+17")]
    [InlineData("100.0")]
    public void The_shortest_text_is_that_of_Python_also_on_both_sides_of_a_power_of_ten(string printed) =>
        Assert.Equal(printed, PythonNumber.Repr(double.Parse(printed, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData(0.99995, 4, "1.0000", "9.9995e-01")]
    [InlineData(0.9999499999999999, 4, "0.9999", "9.9995e-01")]
    [InlineData(0.09999999999999999, 3, "0.100", "1.000e-01")]
    [InlineData(9.9999995e-05, 6, "0.000100", "9.999999e-05")]
    [InlineData(9.999999999999998, 2, "10.00", "1.00e+01")]
    [InlineData(999999.5, 0, "1000000", "1e+06")]
    [InlineData(0.5, 0, "0", "5e-01")]
    [InlineData(1.5, 0, "2", "2e+00")]
    [InlineData(2.5e-05, 0, "0", "3e-05")]
    [InlineData(0.9999999999999999, 17, "0.99999999999999989", "9.99999999999999889e-01")]
    [InlineData(0.125, 2, "0.12", "1.25e-01")]
    public void A_fixed_number_of_digits_is_rounded_as_Python_rounds_the_exact_value(double value, int digits, string plain,
    string exponential)
    {
        Assert.Equal(plain, PythonNumber.Fixed(value, digits));
        Assert.Equal(exponential, PythonNumber.Exponential(value, digits));
    }
}

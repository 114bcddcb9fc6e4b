// Trains a sample and prints its losses: dotnet run --project samples/YourOwnTraining NAME
using System.Globalization;

if (args is [var name] && Samples.All.TryGetValue(name, out Func<double[]>? run))
{
    Console.WriteLine(string.Join(", ", run().Select(value => value.ToString("G6", CultureInfo.InvariantCulture))));
    return 0;
}

Console.Error.WriteLine($"Name one of {string.Join(", ", Samples.All.Keys)}.");
return 1;

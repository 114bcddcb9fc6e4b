// Twenty epochs on handwritten digits with every callback at once: dotnet run --project samples/EveryCallback [FOLDER]
string folder = args.FirstOrDefault() ?? "every-callback";
DigitsRun.Train(folder, verbose: "auto");
Console.WriteLine($"\nWhat it left in '{folder}':");
foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
{
    Console.WriteLine($"{new FileInfo(file).Length,10:N0}  {Path.GetRelativePath(folder, file)}");
}

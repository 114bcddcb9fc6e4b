// Twenty epochs on handwritten digits with all callbacks at once: dotnet run --project samples/EveryCallback [FOLDER]
string folder = args.FirstOrDefault() ?? "every-callback";
DigitsRun.Train(folder, verbose: "auto");
Console.WriteLine($"\nFiles in '{folder}':");
foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
{
    Console.WriteLine($"{new FileInfo(file).Length,10:N0}  {Path.GetRelativePath(folder, file)}");
}

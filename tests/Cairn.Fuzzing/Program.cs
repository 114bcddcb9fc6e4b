using System.Globalization;
using System.Runtime.InteropServices;
using Cairn.Fuzzing;
using SharpFuzz;

// Cairn.Fuzzing TARGET            reads files given by afl-fuzz (see the script run); without afl-fuzz, one file from standard input
// Cairn.Fuzzing TARGET FILE...    reads files, for example those that crashed
// Cairn.Fuzzing loop TARGET FOLDER RUNS  changes the files in FOLDER/seeds/TARGET and reads them, in this process
// Cairn.Fuzzing seeds FOLDER REF  writes valid files of each format into folders named by the targets; REF is tests/Cairn.Tests/Reference
// Cairn.Fuzzing targets           prints the names of the targets
unsafe
{
    // The instrumented library counts branches here until afl-fuzz provides its own memory, for example in its module initializer.
    const int MapBytes = 1 << 16;
    SharpFuzz.Common.Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(MapBytes);
}

switch (args)
{
    case ["targets"]:
        Console.WriteLine(string.Join('\n', Targets.Names));
        return 0;
    case ["seeds", var folder, var reference]:
        Seeds.Write(folder, reference);
        return 0;
    case ["loop", var name, var folder, var runs] when Targets.Names.Contains(name):
        using (var target = new Targets(name))
        {
            // Warnings about what a file contains.
            Console.SetError(TextWriter.Null);
            var loop = new CoverageLoop(target, Path.Combine(folder, "loop", name));
            bool isWell = loop.Run(Path.Combine(folder, "seeds", name), long.Parse(runs, CultureInfo.InvariantCulture));
            Console.WriteLine($"{name}: {loop}");
            return isWell ? 0 : 1;
        }

    case [var name, .. var files] when Targets.Names.Contains(name):
        using (var target = new Targets(name))
        {
            foreach (string file in files)
            {
                target.Read(File.ReadAllBytes(file));
            }

            if (files.Length == 0)
            {
                Fuzzer.Run(stream =>
                {
                    using var bytes = new MemoryStream();
                    stream.CopyTo(bytes);
                    target.Read(bytes.ToArray());
                });
            }
        }

        return 0;
    default:
        Console.Error.WriteLine($"usage: Cairn.Fuzzing seeds FOLDER REFERENCE, or one of {string.Join(", ", Targets.Names)}");
        return 2;
}

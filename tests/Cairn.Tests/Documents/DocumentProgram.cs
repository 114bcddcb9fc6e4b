using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;

namespace Cairn.Tests.Documents;

/// <summary>The C# blocks of a Markdown file, combined into one program.</summary>
internal sealed class DocumentProgram(string markdown)
{
    private const string ImplicitUsings = "using System; using System.Collections.Generic; using System.IO; using System.Linq; using "
        + "System.Threading;\n";

    // A page may declare types anywhere; a program needs its usings first and its types last.
    public string Source
    {
        get
        {
            List<CompilationUnitSyntax> blocks =
            [
                .. Regex.Matches(markdown, "^```csharp\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)
                    .Select(block => CSharpSyntaxTree.ParseText(block.Groups[1].Value).GetCompilationUnitRoot()),
            ];
            IEnumerable<string> usings = blocks.SelectMany(block => block.Usings).Select(line => line.ToString()).Distinct();
            ILookup<bool, string> members = blocks.SelectMany(block => block.Members)
                .ToLookup(member => member is GlobalStatementSyntax, member => member.ToFullString());
            return ImplicitUsings + string.Join("\n", [.. usings, .. members[true], .. members[false]]);
        }
    }

    /// <summary>Compiles the program and runs it in a separate process and folder.</summary>
    /// <returns>Its output.</returns>
    public string Run(string folder)
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, $"Document-{Guid.NewGuid():N}.dll");
        try
        {
            Compile(assembly);
            var start = new ProcessStartInfo("dotnet")
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            string[] arguments =
            [
                "exec",
                "--depsfile", Path.Combine(AppContext.BaseDirectory, "Cairn.Tests.deps.json"),
                "--runtimeconfig", Path.Combine(AppContext.BaseDirectory, "Cairn.Tests.runtimeconfig.json"),
                assembly,
            ];
            foreach (string argument in arguments)
            {
                start.ArgumentList.Add(argument);
            }

            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}\n{output}\n{error.Result}");
            return output;
        }
        finally
        {
            File.Delete(assembly);
        }
    }

    private void Compile(string assembly)
    {
        IEnumerable<PortableExecutableReference> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator).Select(p => MetadataReference.CreateFromFile(p));
        var options = new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable);
        var compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(assembly),
            [CSharpSyntaxTree.ParseText(Source, new CSharpParseOptions(LanguageVersion.Latest))],
            references,
            options);
        EmitResult result = compilation.Emit(assembly);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning)));
    }
}

using Cairn.Native;

namespace Cairn.Tests.Native;

/// <summary>Other packages of Cairn that the library loads when they are needed.</summary>
public sealed class CairnPackageTests
{
    [Fact]
    public void A_package_that_is_not_there_is_named_with_what_needs_it_and_the_command_that_adds_it() => Assert.Equal(
        "Bell needs the package Cairn.Bells, which this program does not have. Add it with 'dotnet add package Cairn.Bells'.",
        Assert.Throws<ArgumentException>(() => CairnPackage.Load("Cairn.Bells", "Bell")).Message);
}

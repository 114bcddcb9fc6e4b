using System.Globalization;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;

namespace Cairn.Dashboard.Tests;

/// <summary>Chromium without a window.</summary>
public sealed class Browser : IDisposable
{
    private static readonly string[] Drivers = ["/usr/bin/chromedriver", "/usr/lib/chromium/chromedriver", "/usr/local/bin/chromedriver"];
    private static readonly string[] Programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ChromeDriver? driver;

    public Browser()
    {
        if (Drivers.FirstOrDefault(File.Exists) is not { } path || Programs.FirstOrDefault(File.Exists) is not { } program)
        {
            return;
        }

        var options = new ChromeOptions { BinaryLocation = program };
        options.AddArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars",
            "--window-size=1280,1600", "--lang=en-US");
        options.SetLoggingPreference("browser", LogLevel.All);
        var service = ChromeDriverService.CreateDefaultService(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        service.SuppressInitialDiagnosticInformation = true;
        driver = new ChromeDriver(service, options);
    }

    /// <summary>The driver; skips the test where no browser is installed.</summary>
    internal ChromeDriver Driver
    {
        get
        {
            Assert.SkipWhen(driver is null, "Chromium and its driver are not installed (Debian: chromium and chromium-driver).");
            return driver!;
        }
    }

    public void Dispose() => driver?.Dispose();

    /// <summary>Opens an address in a fresh tab of the browser.</summary>
    internal void Open(string address)
    {
        Driver.Navigate().GoToUrl("about:blank");
        Problems();
        Driver.Navigate().GoToUrl(address);
    }

    /// <summary>Waits until a condition holds.</summary>
    internal void Until(string what, Func<ChromeDriver, bool> holds)
    {
        DateTime end = DateTime.UtcNow + Patience;
        while (!Try(holds))
        {
            Assert.True(DateTime.UtcNow < end, $"{what} did not happen; the page says: {Driver.FindElement(By.TagName("body")).Text}");
            Thread.Sleep(50);
        }
    }

    /// <summary>A number that a script returns.</summary>
    internal double Number(string script) =>
        Convert.ToDouble(Driver.ExecuteScript($"return {script};"), CultureInfo.InvariantCulture);

    /// <summary>Errors in the console: of scripts, and of what the content policy refuses.</summary>
    internal string[] Problems() =>
        [.. Driver.Manage().Logs.GetLog("browser").Where(line => line.Level >= LogLevel.Warning).Select(line => line.Message)];

    /// <summary>Saves a picture where the environment names a folder for them.</summary>
    internal void Picture(string name)
    {
        if (Environment.GetEnvironmentVariable("CAIRN_SCREENSHOTS") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            Driver.GetScreenshot().SaveAsFile(Path.Combine(folder, $"{name}.png"));
        }
    }

    /// <summary>Emulates a window of a size, with light or dark colors.</summary>
    internal void Look(int width, int height, bool dark)
    {
        Driver.ExecuteCdpCommand("Emulation.setDeviceMetricsOverride", new Dictionary<string, object?>
        {
            ["width"] = width,
            ["height"] = height,
            ["deviceScaleFactor"] = 1,
            ["mobile"] = width < 600,
        });
        Driver.ExecuteCdpCommand("Emulation.setEmulatedMedia", new Dictionary<string, object?>
        {
            ["features"] = new object[]
            {
                new Dictionary<string, object?> { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" },
            },
        });
    }

    private bool Try(Func<ChromeDriver, bool> holds)
    {
        try
        {
            return holds(Driver);
        }
        catch (Exception exception) when (exception is NoSuchElementException or StaleElementReferenceException or JavaScriptException)
        {
            return false;
        }
    }
}

using Cairn.Callbacks;
using Cairn.Dashboard.Folders;
using Cairn.Dashboard.Runs;
using Cairn.Dashboard.Server;
using OpenQA.Selenium;
using Logs = Cairn.Callbacks.Logs;

namespace Cairn.Dashboard.Tests;

/// <summary>A real training in a real browser.</summary>
public sealed class BrowserTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task The_curve_grows_an_event_appears_and_stop_ends_the_training_with_its_history_whole()
    {
        _ = browser.Driver;
        using var folder = new TemporaryFolder();
        using var page = new LivePage(port: 0, name: "digits", saveDir: folder.Folder, histogramFreq: 1, tags: ["demo"], verbose: 0);
        using Sequential model = SmallTraining.Model();
        using var started = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        Task<History> training = Task.Run(() => model.Train(
            [page, new ReduceLROnPlateau(patience: 2, minDelta: 1, factor: 0.5, cooldown: 10, minLr: 0.001),
                new ModelCheckpoint(folder["best.keras"], saveBestOnly: true),
                new LambdaCallback(onEpochBegin: (_, _) => started.Set(), onTrainBatchEnd: (_, _) => Thread.Sleep(30)),
                new Shown(page)],
            epochs: 1000, cancel.Token));
        using var end = new End(() =>
        {
            cancel.Cancel();
            ((IAsyncResult)training).AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(10));
        });
        started.Wait();
        browser.Look(1280, 2200, dark: false);
        browser.Open(page.Address!);

        browser.Until("the first epochs", driver => Epochs() >= 2);
        double before = Epochs();
        browser.Until("more epochs", driver => Epochs() > before + 1);
        Assert.Equal("digits", browser.Driver.FindElement(By.TagName("h1")).Text);
        Assert.Equal("running", browser.Driver.FindElement(By.ClassName("badge")).Text);
        Assert.DoesNotContain("token", browser.Driver.Url, StringComparison.Ordinal);
        browser.Until("the reduced learning rate",
            driver => driver.FindElements(By.CssSelector("#events .learning_rate_reduced")).Count > 0);
        Assert.Contains("ReduceLROnPlateau", browser.Driver.FindElement(By.CssSelector("#events .learning_rate_reduced")).Text,
            StringComparison.Ordinal);
        Assert.True(browser.Driver.FindElements(By.CssSelector("figure canvas")).Count >= 3);
        Assert.StartsWith("loss: last values", browser.Driver.FindElement(By.CssSelector("figure canvas")).GetAttribute("aria-label"),
            StringComparison.Ordinal);
        browser.Until("the panels of callbacks", driver => driver.FindElements(By.CssSelector(".matrix")).Count == 1);
        browser.Until("the images", _ => browser.Number("document.querySelector('.images img').naturalWidth") > 0);

        browser.Driver.FindElement(By.Id("note")).SendKeys("looks good");
        browser.Driver.FindElement(By.Id("add-note")).Click();
        browser.Driver.FindElement(By.Id("halve")).Click();
        browser.Until("the note", driver => driver.FindElements(By.CssSelector("#events .note")).Any(row => row.Text.Contains("looks good",
            StringComparison.Ordinal)));
        browser.Until("the halved learning rate", driver => driver.FindElements(By.CssSelector("#events .learning_rate_set")).Count == 1);
        browser.Picture("running");
        Assert.Empty(Accessibility.SeriousFindings(browser));

        browser.Driver.FindElement(By.Id("stop")).Click();
        browser.Until("the stop", driver => driver.FindElement(By.ClassName("badge")).Text == "stopped");
        History history = await training.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(history.Epochs.Count, history["val_loss"].Count);
        Assert.InRange(history.Epochs.Count, 3, 999);
        Assert.Equal(history.Epochs[^1], Assert.Single(history.Events, one => one.Kind == EventKind.TrainingStopped).Epoch);
        browser.Until("the whole history", _ => Epochs() == history.Epochs.Count);
        Assert.Equal(history.Events.Count, browser.Driver.FindElements(By.CssSelector("#events tr")).Count);
        Assert.Empty(browser.Driver.FindElements(By.Id("stop")));
        foreach (string side in (string[])["min", "max"])
        {
            Assert.Equal(1, browser.Number($"new Set([...Cairn.page.charts.shown.values()].map(chart => chart.plot.scales.x.{side})).size"));
        }

        // The file was written again and again: only the last event offers it.
        Assert.Single(browser.Driver.FindElements(By.CssSelector("#events a")));

        Assert.Empty(Accessibility.SeriousFindings(browser));
        browser.Look(1280, 2200, dark: true);
        browser.Picture("dark");
        Assert.Empty(Accessibility.SeriousFindings(browser));
        browser.Look(390, 2600, dark: false);
        browser.Until("the narrow charts", _ => browser.Number("document.querySelector('figure .u-wrap').clientWidth") < 390);
        Assert.True(browser.Number("document.documentElement.scrollWidth") <= 390);
        browser.Picture("phone");
        Assert.Empty(Accessibility.SeriousFindings(browser));
        Assert.Empty(browser.Problems());
    }

    [Fact]
    public void Keys_zoom_and_the_controls_have_names()
    {
        using var page = new LivePage(port: 0, verbose: 0);
        using Sequential model = SmallTraining.Model();
        model.Train([page], epochs: 20);
        browser.Look(1280, 1600, dark: false);
        browser.Open(page.Address!);
        browser.Until("the curves", _ => Epochs() == 20);
        IWebElement chart = browser.Driver.FindElement(By.CssSelector("figure"));
        double whole = Range();
        chart.SendKeys("+");
        browser.Until("the zoom", _ => Range() < whole * 0.6);
        chart.SendKeys(Keys.ArrowRight);
        chart.SendKeys("0");
        browser.Until("the whole run", _ => Range() == whole);
        browser.Driver.FindElement(By.Id("log")).Click();
        browser.Driver.FindElement(By.TagName("summary")).Click();
        browser.Until("the table", driver => driver.FindElements(By.CssSelector("details tbody tr")).Count == 20);
        browser.Driver.FindElement(By.TagName("body")).SendKeys(Keys.Tab);
        Assert.Empty(Accessibility.SeriousFindings(browser));
        Assert.Empty(browser.Problems());
    }

    [Fact]
    public void Runs_are_sorted_filtered_and_compared()
    {
        _ = browser.Driver;
        using var folder = new TemporaryFolder();
        foreach ((string name, double rate) in (ReadOnlySpan<(string, double)>)[("slow", 0.001), ("middle", 0.01), ("fast", 0.1)])
        {
            using Sequential model = SmallTraining.Model(optimizer: new Optimizers.SGD(rate));
            model.Train([], epochs: 12).Save(folder[$"{name}.json"]);
        }

        var catalog = new RunCatalog();
        using var runs = RunFolder.Open(folder.Folder, catalog);
        using var client = new Client(DashboardServer.Start(new ServerSettings(), catalog));
        using DashboardServer server = client.Server;
        browser.Look(1280, 1300, dark: false);
        browser.Open(server.AddressWithToken);
        browser.Until("the table", driver => Names(driver).Length == 3);
        browser.Driver.FindElement(By.XPath("//th/button[starts-with(., 'Best val_loss')]")).Click();
        Assert.Equal(["fast.json", "middle.json", "slow.json"], Names(browser.Driver));
        browser.Driver.FindElement(By.XPath("//th/button[starts-with(., 'Best val_loss')]")).Click();
        Assert.Equal(["slow.json", "middle.json", "fast.json"], Names(browser.Driver));
        Assert.Equal("descending", browser.Driver.FindElement(By.CssSelector("th[aria-sort]:not([aria-sort=none])"))
            .GetAttribute("aria-sort"));
        foreach (IWebElement box in browser.Driver.FindElements(By.CssSelector("#runs input")))
        {
            box.Click();
        }

        browser.Until("the comparison", _ => browser.Number("Cairn.page.chart.plot.series.length") == 4);
        Assert.Contains("learning_rate", browser.Driver.FindElement(By.CssSelector("[aria-label=Differences]")).Text,
            StringComparison.Ordinal);
        browser.Picture("runs");
        Assert.Empty(Accessibility.SeriousFindings(browser));

        browser.Driver.FindElement(By.Id("filter")).SendKeys("learning_rate=0.0");
        browser.Until("the filter", driver => Names(driver).Length == 2);
        client.Post("/publish/epoch/end/?run=learning_rate=0.0", "{\"epoch\": 0, \"val_loss\": 3}");
        browser.Until("a run that is posted", driver => Names(driver).Length == 3);

        // The keyboard stays where it is while other rows and the row itself change.
        browser.Driver.FindElement(By.CssSelector("#runs a[href*='/run/']")).SendKeys("");
        string focused = (string)browser.Driver.ExecuteScript("return document.activeElement.textContent;")!;
        client.Post("/publish/epoch/end/?run=learning_rate=0.0", "{\"epoch\": 1, \"val_loss\": 2}");
        browser.Until("the second epoch", driver => driver.FindElement(By.Id("runs")).Text.Contains("learning_rate=0.0 running 2",
            StringComparison.Ordinal));
        Assert.Equal(focused, browser.Driver.ExecuteScript("return document.activeElement.textContent;"));
        browser.Driver.FindElement(By.LinkText("middle.json")).Click();
        browser.Until("the page of the run", driver => driver.FindElement(By.TagName("h1")).Text == "middle.json" && Epochs() == 12);
        Assert.Empty(browser.Problems());

        static string[] Names(IWebDriver driver) => [.. driver.FindElements(By.CssSelector("#runs a")).Select(link => link.Text)];
    }

    private double Epochs() => browser.Number("Cairn.page.run.epochs.epoch.length");

    private double Range() => browser.Number(
        "Cairn.page.view.charts[0].plot.scales.x.max - Cairn.page.view.charts[0].plot.scales.x.min");

    /// <summary>Ends the training also where the test fails, before the model is disposed.</summary>
    private sealed class End(Action act) : IDisposable
    {
        public void Dispose() => act();
    }

    /// <summary>Sends a confusion matrix and images to the page.</summary>
    private sealed class Shown(LivePage page) : Callback
    {
        public override void OnEpochEnd(int epoch, Logs logs)
        {
            page.ShowConfusionMatrix("Confusion matrix", new double[,] { { 30 + epoch, 2, 0 }, { 1, 25, 4 }, { 0, 3, 28 } },
                ["cat", "dog", "owl"]);
            page.ShowImages("Samples", NDArray.From([.. Enumerable.Range(0, 4 * 64).Select(i => i % 9 / 8f)], [4, 8, 8]),
                ["cat (0.9)", "dog (0.7)", "owl (0.8)", "cat (0.6)"]);
        }
    }
}

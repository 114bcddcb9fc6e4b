using System.Text.RegularExpressions;
using Cairn.Callbacks;
using OpenQA.Selenium;

namespace Cairn.Dashboard.Tests;

/// <summary>A run as one HTML file.</summary>
public sealed class ReportTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public void A_report_is_one_file_that_names_no_other_address_and_can_hold_any_text()
    {
        using var folder = new TemporaryFolder();
        History history = Trained(folder);
        history.ToHtml(folder["run.html"], "</script><script>alert(1)</script>");
        string html = File.ReadAllText(folder["run.html"]);

        Assert.DoesNotContain("<script>alert(1)", html, StringComparison.Ordinal);
        Assert.Empty(Regex.Matches(html, "(src|href)=\"[^\"]+\""));
        Assert.Equal(2, Regex.Count(html, "</script>"));
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(folder.Folder, "run*"));
        Assert.Throws<ArgumentException>(() => history.ToHtml(folder["run.txt"]));
    }

    [Fact]
    public void A_report_opens_in_a_browser_with_its_curves_events_settings_and_model()
    {
        _ = browser.Driver;
        using var folder = new TemporaryFolder();
        using Sequential model = SmallTraining.Model();
        History history = model.Train([new ReduceLROnPlateau(patience: 1, minDelta: 10)], epochs: 6);
        history.ToHtml(folder["run.html"], "A <run>", model);
        browser.Look(1280, 1900, dark: false);
        browser.Open(new Uri(folder["run.html"]).AbsoluteUri);

        browser.Until("the report", driver => driver.FindElement(By.TagName("h1")).Text == "A <run>");
        Assert.Equal(6, browser.Number("Cairn.page.run.epochs.epoch.length"));
        Assert.Equal(3, browser.Driver.FindElements(By.CssSelector("figure canvas")).Count);
        Assert.Equal(history.Events.Count, browser.Driver.FindElements(By.CssSelector("#events tr")).Count);
        Assert.Contains("SGD", browser.Driver.FindElement(By.TagName("body")).Text, StringComparison.Ordinal);
        Assert.Single(browser.Driver.FindElements(By.CssSelector(".graph svg")));
        Assert.Empty(browser.Driver.FindElements(By.Id("stop")));
        browser.Picture("report");
        Assert.Empty(Accessibility.SeriousFindings(browser));
        Assert.Empty(browser.Problems());
    }

    [Fact]
    public void A_history_read_back_gives_the_same_report()
    {
        using var folder = new TemporaryFolder();
        History history = Trained(folder);
        history.Save(folder["a.json"]);
        history.ToHtml(folder["one.html"], "x");
        History.Load(folder["a.json"]).ToHtml(folder["two.html"], "x");
        static string Values(string html) => Regex.Replace(html, "\"(updated)\":\"[^\"]*\"", "");
        Assert.Equal(Values(File.ReadAllText(folder["one.html"])), Values(File.ReadAllText(folder["two.html"])));
    }

    private static History Trained(TemporaryFolder folder)
    {
        using Sequential model = SmallTraining.Model();
        return model.Train([new ModelCheckpoint(folder["<b>.keras"])], epochs: 2);
    }
}
